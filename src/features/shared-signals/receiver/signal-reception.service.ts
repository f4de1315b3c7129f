// Signals of identity providers: validates a SET, and ends the sessions of the linked user. A repeated event
// has no further effect.
import { decodeProtectedHeader, errors as joseErrors, jwtVerify, type JWTPayload } from 'jose';
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import { systemActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { IdentityStore } from '#features/federation/identities.store.ts';
import { idTokenAlgorithms } from '#features/federation/upstream/id-tokens.service.ts';
import { AppError } from '#platform/errors.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { readSignals, type ReceivedSignal } from './received-signals.ts';
import type { TransmitterKeys } from './transmitter-keys.service.ts';

export interface SignalReceptionDependencies {
  readonly activeProviders: { readonly list: readonly SignInProvider[] };
  readonly identityStore: Pick<IdentityStore, 'find'>;
  readonly transmitterKeys: TransmitterKeys;
  readonly blocking: Blocking;
  readonly audit: Audit;
  readonly shortLived: ShortLivedStore;
  readonly issuer: string;
  readonly now: () => Date;
}

/** Error codes of RFC 8935 §2.4. */
export type RefusedSignal =
  | 'invalid_request'
  | 'invalid_key'
  | 'invalid_issuer'
  | 'invalid_audience';

export type Reception = 'accepted' | { readonly refused: RefusedSignal };

const descriptions: Readonly<Record<RefusedSignal, string>> = {
  invalid_request: 'The request is not a valid Security Event Token.',
  invalid_key: 'The signature was not made with a key of the provider.',
  invalid_issuer: 'The issuer is not the expected one.',
  invalid_audience: 'The audience is not the expected one.',
};

/** Maximum age of an event: an older one may be a replay that is no longer recognized. */
const maxAgeSeconds = 7 * 24 * 60 * 60;
const clockToleranceSeconds = 60;

export function createSignalReception(dependencies: SignalReceptionDependencies) {
  const { activeProviders, shortLived, issuer } = dependencies;

  return {
    /**
     * @param name the `jti` by which the transmitter names a SET that was collected (RFC 8936 §2.3)
     * @throws AppError `not_found` for a provider that is unknown or whose signals are ignored
     */
    async receive(providerId: string, token: string, name?: string): Promise<Reception> {
      const provider = activeProviders.list.find(({ id }) => id === providerId);
      if (!provider?.signals) throw new AppError('not_found', 'Not found.');
      const audience = [provider.clientId, receptionAddress(issuer, providerId)];
      const claims = await verify(dependencies, provider, token, audience);
      if (typeof claims === 'string') return { refused: claims };
      // A SET describes a past event, so it has no expiry (RFC 8417 §2.2).
      const { jti } = claims;
      if (jti === undefined || jti === '' || (name !== undefined && name !== jti)) {
        return { refused: 'invalid_request' };
      }
      const seen = `signal ${provider.issuer} ${jti}`;
      if (await shortLived.get('ReplayDetection', seen)) return 'accepted';
      for (const signal of readSignals(claims, provider.issuer)) {
        await apply(dependencies, provider, signal, jti);
      }
      // Recorded last, so that after a failure the provider sends the signal again.
      await shortLived.claim('ReplayDetection', seen, maxAgeSeconds + clockToleranceSeconds);
      return 'accepted';
    },
  };
}

/** Description for the transmitter. */
export function describeRefusal(refused: RefusedSignal): string {
  return descriptions[refused];
}

export type SignalReception = ReturnType<typeof createSignalReception>;

/** Another audience that a provider may use. */
export function receptionAddress(issuer: string, providerId: string): string {
  return `${issuer}/auth/signals/${providerId}`;
}

async function verify(
  { transmitterKeys, now }: SignalReceptionDependencies,
  provider: SignInProvider,
  token: string,
  audience: readonly string[],
): Promise<JWTPayload | RefusedSignal> {
  // An ID token of the same provider, with the same key and audience, must not be accepted as a signal.
  if (!isSignal(token)) return 'invalid_request';
  try {
    const { payload } = await jwtVerify(token, transmitterKeys.of(provider), {
      issuer: provider.issuer,
      audience: [...audience],
      algorithms: idTokenAlgorithms,
      currentDate: now(),
      clockTolerance: clockToleranceSeconds,
      maxTokenAge: maxAgeSeconds,
      requiredClaims: ['iat', 'jti', 'events'],
    });
    return payload;
  } catch (error) {
    if (error instanceof joseErrors.JOSEError) return refusalOf(error);
    throw new AppError('not_ready', 'The keys of the provider are unavailable.', { cause: error });
  }
}

function isSignal(token: string): boolean {
  try {
    const { typ, crit } = decodeProtectedHeader(token);
    return typ?.toLowerCase() === 'secevent+jwt' && crit === undefined;
  } catch {
    return false;
  }
}

function refusalOf(error: joseErrors.JOSEError): RefusedSignal {
  const { JWKSNoMatchingKey, JWSSignatureVerificationFailed, JWTClaimValidationFailed } =
    joseErrors;
  if (error instanceof JWKSNoMatchingKey || error instanceof JWSSignatureVerificationFailed) {
    return 'invalid_key';
  }
  if (!(error instanceof JWTClaimValidationFailed)) return 'invalid_request';
  if (error.claim === 'iss') return 'invalid_issuer';
  return error.claim === 'aud' ? 'invalid_audience' : 'invalid_request';
}

/** A signal about a subject without a linked user has no effect; the response is the same. */
async function apply(
  { identityStore, blocking, audit }: SignalReceptionDependencies,
  { id, issuer }: SignInProvider,
  { subject, type, consequence }: ReceivedSignal,
  jti: string,
): Promise<void> {
  const identity = await identityStore.find(issuer, subject);
  if (!identity) return;
  const { userId } = identity;
  const details = { provider: id, type, jti };
  await audit.append({ event: 'signal.received', actor: systemActor, userId, details });
  await (consequence === 'everything'
    ? blocking.revokeEverythingOf(userId, systemActor)
    : blocking.endSessionsOf(userId, systemActor));
}
