// Authenticates callers by a signed JWT in the Authorization header, in the form of private_key_jwt
// (RFC 7523) with one endpoint as its audience (Global Token Revocation §3.5). Neither this JWT nor
// an assertion for the token endpoint is valid in place of the other.
import { decodeJwt, decodeProtectedHeader, errors as joseErrors, jwtVerify, type JWK } from 'jose';
import type { JWTPayload, ProtectedHeaderParameters } from 'jose';
import { errors, type Provider } from 'oidc-provider';
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { verificationKeys } from '#oidc/patches/private-members.ts';
import type { RedisDataLoss } from '#platform/short-lived/data-loss.ts';
import {
  assertionAlgorithms,
  assertionMaxSeconds,
  foreignKeyHeaders,
} from './client-assertions.ts';

const clockToleranceSeconds = 15;
/** The accepted `typ` values; a JWT of another type is refused. */
const types: readonly unknown[] = [undefined, 'JWT', 'global-token-revocation+jwt'];
/** Extension metadata: an identity provider uses its own issuer identifier as `iss`. */
const issuerMember = 'global_token_revocation_issuer';

export interface SignedCallerDependencies {
  readonly provider: Provider;
  readonly clients: Clients;
  readonly subjectStatus: SubjectStatusService;
  readonly redisDataLoss: RedisDataLoss;
  readonly now: () => Date;
}

const noSubjects = { userId: undefined, grantId: undefined, sessionUid: undefined };

export function createSignedCallers(dependencies: SignedCallerDependencies) {
  const { provider, clients, subjectStatus, redisDataLoss, now } = dependencies;

  async function keysFor(client: Client, header: ProtectedHeaderParameters): Promise<JWK[]> {
    const { alg, kid } = header;
    const { token_endpoint_auth_method: method, token_endpoint_auth_signing_alg: only } =
      client.metadata;
    const isAllowed = assertionAlgorithms.some((each) => each === alg);
    if (method !== 'private_key_jwt' || !isAllowed || alg === undefined) return [];
    if (only !== undefined && only !== alg) return [];
    const known = await provider.Client.find(client.clientId);
    return known ? verificationKeys(known, { alg, kid }) : [];
  }

  /** Returns the claims if one of the keys verifies the signature and the times are valid. */
  async function verify(token: string, keys: readonly JWK[], audience: string) {
    const options = {
      audience,
      currentDate: now(),
      clockTolerance: clockToleranceSeconds,
      maxTokenAge: assertionMaxSeconds,
      requiredClaims: ['iss', 'sub', 'aud', 'jti', 'iat', 'exp'],
    };
    for (const key of keys) {
      const verified = await unlessRefused(() => jwtVerify(token, key, options));
      if (verified) return verified.payload;
    }
    return undefined;
  }

  async function mayCall(client: Client, issuedAt: Date): Promise<boolean> {
    const { notBefore } = await subjectStatus.load(noSubjects);
    return subjectStatus.isActive({ user: null, notBefore }, client, issuedAt);
  }

  /**
   * Accepts each `jti` once. If Redis has lost its data, assertions issued before the loss are
   * refused, since their use is no longer known.
   */
  async function isFirst({ clientId }: Client, { jti, iat, exp }: JWTPayload): Promise<boolean> {
    const since = await redisDataLoss.since();
    if ((iat ?? 0) * 1000 < since.getTime()) return false;
    const until = (exp ?? 0) + clockToleranceSeconds;
    return provider.ReplayDetection.unique(clientId, jti ?? '', until);
  }

  /** The client that the assertion claims to come from; the claim is not verified yet. */
  async function findClaimed({ sub, iss }: JWTPayload): Promise<Client | undefined> {
    const client = sub === undefined ? undefined : await clients.find(sub);
    return client && [client.clientId, client.metadata[issuerMember]].includes(iss)
      ? client
      : undefined;
  }

  return {
    /**
     * Returns the client that signed the JWT for this endpoint, or `undefined` for any invalid JWT.
     */
    async authenticate(token: string, endpoint: string): Promise<Client | undefined> {
      const claimed = await unlessRefused(async () => decode(token));
      if (!claimed || foreignKeyHeaders.some((name) => name in claimed.header)) return undefined;
      const { header, payload: unverified } = claimed;
      // The audience must be one string, the endpoint: each of several audiences could present the
      // JWT to the others.
      if (!types.includes(header.typ) || unverified.aud !== endpoint) return undefined;
      const client = await findClaimed(unverified);
      const keys = client && (await unlessRefused(() => keysFor(client, header)));
      const payload = await verify(token, keys ?? [], endpoint);
      if (!client || !payload || lifeOf(payload) > assertionMaxSeconds) return undefined;
      if (!(await mayCall(client, new Date((payload.iat ?? 0) * 1000)))) return undefined;
      return (await isFirst(client, payload)) ? client : undefined;
    },
  };
}

export type SignedCallers = ReturnType<typeof createSignedCallers>;

function decode(token: string) {
  return { header: decodeProtectedHeader(token), payload: decodeJwt(token) };
}

function lifeOf({ iat, exp }: JWTPayload): number {
  return (exp ?? Infinity) - (iat ?? 0);
}

/** Returns `undefined` if the input is invalid or the client's keys cannot be fetched. */
async function unlessRefused<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    const isForeign =
      error instanceof joseErrors.JOSEError ||
      error instanceof errors.OIDCProviderError ||
      // Thrown by `decodeProtectedHeader`.
      error instanceof TypeError;
    if (isForeign) return undefined;
    throw error;
  }
}
