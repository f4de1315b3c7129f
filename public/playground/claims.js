/**
 * What the members of tokens mean, in one line each: the registered claims of RFC 7519, OpenID
 * Connect Core 1.0, OpenID Connect Back-Channel Logout, RFC 7662, RFC 7800 and RFC 9068, and the
 * header of a signed token (RFC 7515).
 */

/** @type {Readonly<Record<string, string>>} */
const tokenMeanings = {
  // RFC 7519 §4.1
  iss: 'Issuer: the provider that made this token. It must be the one you asked.',
  sub: 'Subject: who this is about. Never reassigned, so this is what an application stores.',
  aud: 'Audience: who may accept this token. Anyone else must refuse it.',
  exp: 'Expiry: from this moment on nobody may accept the token.',
  nbf: 'Not before: until this moment nobody may accept the token.',
  iat: 'Issued at: when the token was made.',
  jti: 'Token identifier: unique, so that one token can be told from another.',

  // OpenID Connect Core 1.0 §2, §3.1.3.6 and §3.3.2.11
  auth_time:
    'When the person last proved who they are, as opposed to being recognised by a cookie.',
  nonce: 'The random value from the request: ties this token to the tab that asked for it.',
  acr: 'How strong the sign-in was: an authentication context class.',
  amr: 'Which methods were used: pwd is a password, otp a one-time code, hwk a hardware key.',
  azp: 'Authorized party: the client that this token was issued to.',
  at_hash: 'Left half of the hash of the access token: proves that the two belong together.',
  c_hash: 'Left half of the hash of the authorization code that came with this token.',
  s_hash: 'Left half of the hash of the state value that was sent with the request.',
  sid: 'Session identifier: which sign-in at the provider, so that it can be ended everywhere.',
  events: 'What happened: in a logout token, the mark that makes it one.',

  // RFC 7662 §2.2, RFC 9068 §2.2, RFC 7800 §3.1
  active: 'Whether the token is good at this very moment. If false, nothing else is said.',
  scope: 'What the token allows, as words with spaces between them.',
  client_id: 'The application that the token was issued to.',
  username: 'A readable name of the person who allowed this.',
  token_type: 'How to present the token: Bearer means that whoever holds it may use it.',
  cnf: 'Confirmation: the key that must be proved together with the token. Stolen alone, it is of no use.',
  act: 'Actor: who acts on behalf of the subject.',
  may_act: 'Who may act on behalf of the subject.',
  roles: 'Roles of the person, for the application to judge by.',
  groups: 'Groups the person belongs to.',
  entitlements: 'What the person is entitled to.',
  authorization_details: 'What the token allows, in finer grain than scopes.',
};

/** @type {Readonly<Record<string, string>>} OpenID Connect Core 1.0 §5.1 */
const personMeanings = {
  name: 'Full name, ready to be shown.',
  given_name: 'Given name or names.',
  family_name: 'Family name or names.',
  middle_name: 'Middle name or names.',
  nickname: 'What friends say.',
  preferred_username:
    'A name the person likes to be called by. Not unique, and may change: never store it as a key.',
  profile: 'Address of a page about the person.',
  picture: 'Address of a picture of the person.',
  website: 'Address of the person’s own website.',
  email: 'E-mail address. It may change hands: tell people apart by sub.',
  email_verified: 'Whether the provider has seen that the person receives mail at this address.',
  gender: 'Gender, in whatever word the person chose.',
  birthdate: 'Birthday as YYYY-MM-DD; the year 0000 means that it is kept private.',
  zoneinfo: 'Time zone, as in Europe/Berlin.',
  locale: 'Language and region, as in de-CH.',
  phone_number: 'Telephone number, as a rule in the E.164 form (+49 …).',
  phone_number_verified: 'Whether the provider has seen that the person answers this number.',
  address: 'Postal address, as one object.',
  updated_at: 'When these facts last changed.',
};

/** @type {Readonly<Record<string, string>>} */
const headerMeanings = {
  alg: 'The algorithm of the signature. “none” must never be accepted.',
  kid: 'Which of the published keys signed this: look it up at the jwks address.',
  typ: 'What kind of token this is: at+jwt is an access token, logout+jwt a logout token.',
  cty: 'What kind of content is inside.',
  jku: 'An address of keys. Never follow it without knowing it beforehand.',
  jwk: 'The key itself. Never trust it without knowing it beforehand.',
  crit: 'Members that the reader must understand, or else refuse the token.',
  x5t: 'Thumbprint of the certificate that belongs to the key.',
};

/** Claims that hold seconds since 1970-01-01 in UTC. */
export const momentClaims = new Set(['exp', 'iat', 'nbf', 'auth_time', 'updated_at']);

/**
 * @param {string} name
 * @returns {string} one line on a claim of a token or of an answer about a token
 */
export function explainClaim(name) {
  const meanings = isAboutPerson(name) ? personMeanings : tokenMeanings;
  return look(meanings, name) ?? 'Not a registered claim: the provider added it by its own rules.';
}

/**
 * @param {string} name
 * @returns {string} one line on a member of the header of a signed token
 */
export function explainHeader(name) {
  return look(headerMeanings, name) ?? 'Not a registered header member.';
}

/**
 * @param {string} name
 * @returns {boolean} whether the claim says something about a person, and not about the token
 */
export function isAboutPerson(name) {
  return Object.hasOwn(personMeanings, name);
}

const order = ['active', ...Object.keys(tokenMeanings)];

/**
 * @param {string} name
 * @returns {number} the place of the claim in a list; unknown ones come last
 */
export function rankClaim(name) {
  const rank = order.indexOf(name);
  return rank === -1 ? order.length : rank;
}

/**
 * @param {Readonly<Record<string, string>>} meanings
 * @param {string} name came from outside, so it may be the name of something every object has
 */
function look(meanings, name) {
  return Object.hasOwn(meanings, name) ? meanings[name] : undefined;
}
