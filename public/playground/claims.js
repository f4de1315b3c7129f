/**
 * One-line explanations of the members of tokens: the registered claims of RFC 7519, OpenID
 * Connect Core 1.0, OpenID Connect Back-Channel Logout, RFC 7662, RFC 7800 and RFC 9068, and the
 * header of a signed token (RFC 7515).
 */

/** @type {Readonly<Record<string, string>>} */
const tokenMeanings = {
  // RFC 7519 §4.1
  iss: 'Issuer: the provider that issued this token. It must be the one that was requested.',
  sub: 'Subject: identifies the user. It is never reassigned, so applications store it as the key.',
  aud: 'Audience: the recipients of this token. All others must refuse it.',
  exp: 'Expiration: the token must not be accepted from this time on.',
  nbf: 'Not before: the token must not be accepted before this time.',
  iat: 'Issued at: the time at which the token was issued.',
  jti: 'JWT ID: a unique identifier of the token.',

  // OpenID Connect Core 1.0 §2, §3.1.3.6 and §3.3.2.11
  auth_time: 'When the user last authenticated, as opposed to being recognized by a cookie.',
  nonce: 'The random value from the request: binds this token to the tab that requested it.',
  acr: 'Authentication context class: the strength of the sign-in.',
  amr: 'Authentication methods: pwd is a password, otp a one-time code, hwk a hardware key.',
  azp: 'Authorized party: the client that this token was issued to.',
  at_hash: 'Left half of the hash of the access token: proves that the two belong together.',
  c_hash: 'Left half of the hash of the authorization code that came with this token.',
  s_hash: 'Left half of the hash of the state value that was sent with the request.',
  sid: 'Session ID: identifies the session at the provider, for logout in all apps.',
  events: 'Events: in a logout token, the member that identifies it as one.',

  // RFC 7662 §2.2, RFC 9068 §2.2, RFC 7800 §3.1
  active: 'Whether the token is active now. If false, the response contains nothing else.',
  scope: 'What the token allows, separated by spaces.',
  client_id: 'The application that the token was issued to.',
  username: 'A human-readable identifier of the user who granted the access.',
  token_type: 'How to present the token. A Bearer token can be used by any party that has it.',
  cnf: 'Confirmation: the key that has to be proven with the token, so that a stolen token is useless.',
  act: 'Actor: the party that acts on behalf of the subject.',
  may_act: 'The party that may act on behalf of the subject.',
  roles: 'Roles of the user, for the authorization decisions of the application.',
  groups: 'Groups of the user.',
  entitlements: 'Entitlements of the user.',
  authorization_details: 'What the token allows, in more detail than scopes.',
};

/** @type {Readonly<Record<string, string>>} OpenID Connect Core 1.0 §5.1 */
const userClaimMeanings = {
  name: 'Full name in displayable form.',
  given_name: 'Given name or names.',
  family_name: 'Family name or names.',
  middle_name: 'Middle name or names.',
  nickname: 'Casual name.',
  preferred_username:
    'The user name that the user prefers. It is not unique and may change, so never use it as a key.',
  profile: 'URL of a profile page.',
  picture: 'URL of a profile picture.',
  website: 'URL of the user’s website.',
  email: 'Email address. It may be reassigned, so identify users by sub.',
  email_verified: 'Whether the provider has verified that the user controls this address.',
  gender: 'Gender, in the words of the user.',
  birthdate: 'Birthday as YYYY-MM-DD; the year 0000 means that it is omitted.',
  zoneinfo: 'Time zone, such as Europe/Berlin.',
  locale: 'Language and region, such as de-CH.',
  phone_number: 'Phone number, preferably in E.164 format (+49 …).',
  phone_number_verified: 'Whether the provider has verified that the user controls this number.',
  address: 'Postal address, as one object.',
  updated_at: 'When these claims last changed.',
};

/** @type {Readonly<Record<string, string>>} */
const headerMeanings = {
  alg: 'The algorithm of the signature. “none” must never be accepted.',
  kid: 'Key ID: which of the published keys (jwks_uri) signed this token.',
  typ: 'Type of the token: at+jwt is an access token, logout+jwt a logout token.',
  cty: 'Type of the content.',
  jku: 'A URL of keys. Never load it unless it is known to be trusted.',
  jwk: 'The key itself. Never use it unless it is known to be trusted.',
  crit: 'Header members that the recipient must understand, or refuse the token.',
  x5t: 'Thumbprint of the certificate that belongs to the key.',
};

/** Claims that hold seconds since 1970-01-01 in UTC. */
export const momentClaims = new Set(['exp', 'iat', 'nbf', 'auth_time', 'updated_at']);

/**
 * @param {string} name
 * @returns {string} explains a claim of a token or of a response about a token
 */
export function explainClaim(name) {
  const meanings = isUserClaim(name) ? userClaimMeanings : tokenMeanings;
  return (
    lookUp(meanings, name) ?? 'Not a registered claim: its meaning is defined by the provider.'
  );
}

/**
 * @param {string} name
 * @returns {string} explains a member of the header of a signed token
 */
export function explainHeader(name) {
  return lookUp(headerMeanings, name) ?? 'Not a registered header member.';
}

/**
 * @param {string} name
 * @returns {boolean} whether the claim is about the user and not about the token
 */
export function isUserClaim(name) {
  return Object.hasOwn(userClaimMeanings, name);
}

const order = ['active', ...Object.keys(tokenMeanings)];

/**
 * @param {string} name
 * @returns {number} the position of the claim in a list; unknown ones come last
 */
export function rankClaim(name) {
  const rank = order.indexOf(name);
  return rank === -1 ? order.length : rank;
}

/**
 * @param {Readonly<Record<string, string>>} meanings
 * @param {string} name untrusted, so it may be a property that every object has
 */
function lookUp(meanings, name) {
  return Object.hasOwn(meanings, name) ? meanings[name] : undefined;
}
