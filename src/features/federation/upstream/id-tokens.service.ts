// What a provider says about a person, believed only after every check of OIDC Core 3.1.3.7: who
// signed it, for whom, when, in answer to which question, and from which house.
import { jwtVerify, type JWTPayload } from 'jose';
import type { ProvenIdentity } from '#features/federation/identities.ts';
import { checkEmail } from '#core/users/email-addresses.ts';
import { googleIssuer, type SignInProvider } from '#config/federation-settings.ts';
import type { ProviderKeys } from './provider-keys.service.ts';

/** Signatures that only the provider can make: none at all, and shared secrets, are not among them. */
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

/** What two clocks may differ by. */
export const clockToleranceSeconds = 60;
/** An answer is given at once; anything older is a copy. */
const longestAgeSeconds = 10 * 60;
const longestName = 120;

/** What was asked for, and what the answer has to be worth. */
export interface ExpectedToken {
  readonly nonce: string;
  /** Seconds since the person proved it there; `undefined`: any time will do. */
  readonly maxAgeSeconds?: number | undefined;
  /** When it was asked for. */
  readonly askedAt: Date;
}

export type TokenFault =
  /** Nothing that the provider could have said to us now. */
  | 'refused'
  /** Somebody of another house. */
  | 'domain'
  /** True, but the provider did not ask the person anew, or does not say that it did. */
  | 'stale';

export type TokenOutcome =
  | { readonly ok: true; readonly claims: JWTPayload & { readonly sub: string } }
  | { readonly ok: false; readonly reason: TokenFault; readonly cause?: unknown };

export interface CheckedToken {
  readonly provider: SignInProvider;
  readonly findKey: ProviderKeys;
  readonly now: () => Date;
}

/** @throws what fetching the keys throws */
export async function checkIdToken(
  token: string,
  expected: ExpectedToken,
  { provider, findKey, now }: CheckedToken,
): Promise<TokenOutcome> {
  const { issuer, clientId, hostedDomain } = provider;
  // Google writes its name both ways (its OpenID Connect guide, "Validating an ID token").
  const issuers = issuer === googleIssuer ? [issuer, 'accounts.google.com'] : [issuer];
  const { payload } = await jwtVerify(token, findKey, {
    issuer: issuers,
    audience: clientId,
    algorithms: idTokenAlgorithms,
    currentDate: now(),
    clockTolerance: clockToleranceSeconds,
    maxTokenAge: longestAgeSeconds,
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

/** @param claims checked, with what userinfo added */
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
    name: name === '' || name.length > longestName ? undefined : name,
    at: typeof signedInAt === 'number' ? earlier(new Date(signedInAt * 1000), now) : now,
  };
}

/**
 * Google knows for sure only of its own mailboxes and of those of a Workspace (its guide on
 * verifying ID tokens); another provider, where the operator says so.
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
