// Validates the ID tokens of providers (OIDC Core §3.1.3.7): signature, issuer, audience, times,
// nonce and hosted domain. The claims are trusted only after all checks.
import type { ProvenIdentity } from '#core/users/external-identity.ts';
import { jwtVerify, type JWTPayload } from 'jose';
import { checkEmail } from '#core/users/email-addresses.ts';
import { googleIssuer, type SignInProvider } from '#config/kinds/sign-in-providers.ts';
import type { ProviderKeys } from './provider-keys.service.ts';

/** Accepted signature algorithms: asymmetric only, neither `none` nor HMAC with a shared secret. */
export const idTokenAlgorithms = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
  'EdDSA',
  'Ed25519',
];

/** Tolerated clock skew. */
export const clockToleranceSeconds = 60;
/** Maximum age of an ID token; an older one may be replayed. */
const maxAgeSeconds = 10 * 60;
const maxNameLength = 120;

/** Values of the request with which the ID token must agree. */
export interface ExpectedToken {
  readonly nonce: string;
  /** Maximum age of the authentication (`max_age`); `undefined` accepts any age. */
  readonly maxAgeSeconds?: number | undefined;
  /** Time of the authorization request. */
  readonly askedAt: Date;
}

export type TokenFault =
  /** The ID token is invalid. */
  | 'refused'
  /** The user does not belong to the required hosted domain. */
  | 'domain'
  /** The ID token is valid but does not prove an authentication that is recent enough. */
  | 'stale';

export type TokenOutcome =
  | { readonly ok: true; readonly claims: JWTPayload & { readonly sub: string } }
  | { readonly ok: false; readonly reason: TokenFault; readonly cause?: unknown };

export interface CheckedToken {
  readonly provider: SignInProvider;
  readonly findKey: ProviderKeys;
  readonly now: () => Date;
}

/** @throws errors of jose for an invalid token, and errors of fetching the keys */
export async function checkIdToken(
  token: string,
  expected: ExpectedToken,
  { provider, findKey, now }: CheckedToken,
): Promise<TokenOutcome> {
  const { issuer, clientId, hostedDomain } = provider;
  // Google uses both forms of its issuer
  // (https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken).
  const issuers = issuer === googleIssuer ? [issuer, 'accounts.google.com'] : [issuer];
  const { payload } = await jwtVerify(token, findKey, {
    issuer: issuers,
    audience: clientId,
    algorithms: idTokenAlgorithms,
    currentDate: now(),
    clockTolerance: clockToleranceSeconds,
    maxTokenAge: maxAgeSeconds,
    requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
  });
  const { sub, aud, azp, nonce, hd } = payload;
  const isForUs = azp === undefined ? !Array.isArray(aud) || aud.length === 1 : azp === clientId;
  const isAnswer = nonce === expected.nonce;
  if (!isForUs || !isAnswer || !sub || sub.length > 255) return { ok: false, reason: 'refused' };
  if (hostedDomain !== undefined && hd !== hostedDomain) return { ok: false, reason: 'domain' };
  if (!isFresh(payload, expected)) return { ok: false, reason: 'stale' };
  return { ok: true, claims: { ...payload, sub } };
}

function isFresh({ auth_time: at }: JWTPayload, { maxAgeSeconds, askedAt }: ExpectedToken) {
  if (maxAgeSeconds === undefined) return true;
  const earliest = askedAt.getTime() / 1000 - maxAgeSeconds - clockToleranceSeconds;
  return typeof at === 'number' && at >= earliest;
}

/** @param claims validated claims of the ID token, completed from userinfo */
export function readIdentity(
  claims: Readonly<Record<string, unknown>> & { readonly sub: string },
  provider: SignInProvider,
  now: Date,
): ProvenIdentity {
  const address = typeof claims['email'] === 'string' ? checkEmail(claims['email']) : undefined;
  const email = address?.ok ? address.email : undefined;
  const name = typeof claims['name'] === 'string' ? claims['name'].trim() : '';
  const signedInAt = claims['auth_time'];
  return {
    providerId: provider.id,
    issuer: provider.issuer,
    subject: claims.sub,
    email,
    emailTrusted: email !== undefined && isTrusted(email, claims, provider),
    name: name === '' || name.length > maxNameLength ? undefined : name,
    at: typeof signedInAt === 'number' ? earlier(new Date(signedInAt * 1000), now) : now,
  };
}

/**
 * Google is authoritative only for Gmail and Workspace addresses
 * (https://developers.google.com/identity/gsi/web/guides/verify-google-id-token). Any other
 * provider is trusted only if the operator configured it.
 */
function isTrusted(
  email: string,
  claims: Readonly<Record<string, unknown>>,
  { issuer, trustEmail }: SignInProvider,
): boolean {
  if (claims['email_verified'] !== true) return false;
  if (trustEmail !== undefined) return trustEmail;
  const isOwn = email.toLowerCase().endsWith('@gmail.com') || typeof claims['hd'] === 'string';
  return issuer === googleIssuer && isOwn;
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
