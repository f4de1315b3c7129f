// Verifies the assertion of a workload (RFC 7523 §3) against the federated credentials of its client.
import { decodeJwt, errors as joseErrors, jwtVerify, type JWTPayload } from 'jose';
import type { Provider } from 'oidc-provider';
import type { Client } from '#core/clients/clients.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';
import {
  credentialsOf,
  meetsConditions,
  type FederatedCredential,
} from './federated-credentials.ts';
import { IssuerUnavailable, type IssuerKeys } from './issuer-keys.ts';

/** Maximum lifetime of an assertion, in seconds. Its use must be remembered for as long. */
export const workloadAssertionMaxSeconds = 3600;
const clockToleranceSeconds = 15;

export interface AcceptedAssertion {
  readonly credential: FederatedCredential;
  readonly claims: JWTPayload;
}

export type AssertionRefusal = 'invalid' | 'replayed' | 'unavailable';

export type AssertionOutcome =
  | ({ readonly ok: true } & AcceptedAssertion)
  | { readonly ok: false; readonly reason: AssertionRefusal; readonly cause?: unknown };

export interface AssertionDependencies {
  readonly provider: Provider;
  readonly keys: IssuerKeys;
  /** The issuer of this server, the usual audience. */
  readonly issuer: string;
  readonly now: () => Date;
}

export function createAssertionVerifier(dependencies: AssertionDependencies) {
  const { provider, keys, issuer, now } = dependencies;

  async function verify(
    assertion: string,
    credential: FederatedCredential,
  ): Promise<JWTPayload | undefined> {
    const { payload } = await jwtVerify(assertion, keys(credential), {
      issuer: credential.issuer,
      algorithms: [...credential.algorithms],
      currentDate: now(),
      clockTolerance: clockToleranceSeconds,
      maxTokenAge: workloadAssertionMaxSeconds,
      requiredClaims: ['iss', 'sub', 'aud', 'iat', 'exp'],
    });
    const audience = soleAudience(payload);
    if (audience !== (credential.audience ?? issuer)) return undefined;
    const { iat = 0, exp = Infinity } = payload;
    if (exp - iat > workloadAssertionMaxSeconds + clockToleranceSeconds) return undefined;
    return meetsConditions(credential, payload) ? payload : undefined;
  }

  async function accept(assertion: string, candidates: readonly FederatedCredential[]) {
    for (const credential of candidates) {
      const claims = await unlessInvalid(() => verify(assertion, credential));
      if (claims) return { credential, claims };
    }
    return undefined;
  }

  /**
   * Accepts each assertion once. Without a `jti`, the assertion is identified by its text: an issuer signs
   * each token at a different time.
   */
  async function isFirst(assertion: string, { iss, jti, exp = 0 }: JWTPayload): Promise<boolean> {
    const id = jti ?? sha256Text(assertion);
    const until = exp + clockToleranceSeconds;
    return provider.ReplayDetection.unique(`workload ${iss} `, id, until);
  }

  return async (assertion: string, client: Client): Promise<AssertionOutcome> => {
    const named = await unlessInvalid(async () => decodeJwt(assertion).iss);
    const candidates = credentialsOf(client.metadata).filter(
      (credential) => credential.issuer === named && named !== issuer,
    );
    try {
      const accepted = await accept(assertion, candidates);
      if (!accepted) return { ok: false, reason: 'invalid' };
      const isNew = await isFirst(assertion, accepted.claims);
      return isNew ? { ok: true, ...accepted } : { ok: false, reason: 'replayed' };
    } catch (cause) {
      if (cause instanceof IssuerUnavailable) return { ok: false, reason: 'unavailable', cause };
      throw cause;
    }
  };
}

export type AssertionVerifier = ReturnType<typeof createAssertionVerifier>;

/** With several audiences, each could present the assertion to the others. */
function soleAudience({ aud }: JWTPayload): string | undefined {
  const [audience, ...others] = [aud].flat();
  return others.length === 0 ? audience : undefined;
}

/** `undefined` if the input is invalid. @throws IssuerUnavailable */
async function unlessInvalid<Value>(
  work: () => Promise<Value | undefined>,
): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof joseErrors.JOSEError) return undefined;
    throw error;
  }
}
