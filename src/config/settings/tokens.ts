// Lifetimes of tokens, and what clients must use to obtain them.
import { seconds, wholeNumber } from '#config/kinds/numbers.ts';
import { choice } from '#config/kinds/text.ts';
import { setting } from '#config/setting.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

export const tokenSettings = {
  requirePkce: setting({
    name: 'REQUIRE_PKCE',
    kind: choice('all', 'public'),
    default: 'all',
    text:
      'Default of `require_pkce` for a new client. `all`: `true`. `public`: `false` for ' +
      'confidential clients, which may use a nonce instead (RFC 9700 §2.1.1). Registered clients ' +
      'keep their value; public ones and those that require PAR or DPoP always use PKCE.',
  }),
  accessTokenSeconds: setting({
    name: 'ACCESS_TOKEN_SECONDS',
    kind: seconds({ min: 1, max: day }),
    default: hour,
    sameOnAllNodes: true,
    text: 'Lifetime of an access token, unless its API resource sets another.',
  }),
  /** Absolute lifetime of a refresh token family; rotation never extends it. */
  refreshTokenSeconds: setting({
    name: 'REFRESH_TOKEN_SECONDS',
    kind: seconds({ min: 1, max: year }),
    default: 30 * day,
    sameOnAllNodes: true,
    text: 'Lifetime of a refresh token family, from its first token; rotation never extends it.',
  }),
  refreshLeewaySeconds: setting({
    name: 'REFRESH_LEEWAY_SECONDS',
    kind: seconds({ min: 0, max: minute }),
    default: 10,
    sameOnAllNodes: true,
    text: 'How long a retried refresh gets the same successor; 0 treats every retry as token reuse.',
  }),
  postQuantumSignatures: setting({
    name: 'POST_QUANTUM_SIGNATURES',
    kind: choice('off', 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'),
    default: 'off',
    sameOnAllNodes: true,
    text:
      'An algorithm of FIPS 204 that clients may register for ID tokens, userinfo, introspection ' +
      'and authorization responses. Its key is the last one in the JWKS. Experimental in Node 24.',
  }),
  signingKeyDays: setting({
    name: 'SIGNING_KEY_DAYS',
    kind: wholeNumber({ min: 0, max: 3650, unit: 'days' }),
    default: 90,
    sameOnAllNodes: true,
    text: 'After how many days a signing key is replaced; 0: only by `ostiary key rotate`.',
  }),
  signingKeyLeadSeconds: setting({
    name: 'SIGNING_KEY_LEAD_SECONDS',
    kind: seconds({ min: 15, max: 7 * day }),
    default: hour,
    sameOnAllNodes: true,
    text:
      'How long a new signing key is published before it signs, so that every cached JWKS contains ' +
      'it. Clients may cache the JWKS for at most half of this time, and for at most five minutes.',
  }),
};
