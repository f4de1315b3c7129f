// Verifies JWTs of the provider: access tokens (RFC 9068 §4) and status lists. Keys come from the JWKS,
// which is read again when a token names an unknown key, so that a key rotation needs no restart.
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose';
import type { HttpClient } from '../provider/http-client.ts';
import type { ProviderMetadata } from '../provider/provider-metadata.ts';
import { Refusal } from '../request/refusal.ts';
import type { ResourceServerOptions } from '../types.ts';

export interface JwtVerifierDependencies {
  readonly options: ResourceServerOptions;
  readonly http: HttpClient;
  readonly providerMetadata: () => Promise<ProviderMetadata>;
  readonly now: () => Date;
}

/** Asymmetric only: a public key must never serve as the secret of an HMAC (RFC 8725 §2.1). */
const defaultAlgorithms = ['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'];

export function createJwtVerifier({
  options,
  http,
  providerMetadata,
  now,
}: JwtVerifierDependencies) {
  const algorithms = [...(options.algorithms ?? defaultAlgorithms)];
  assertAsymmetric(algorithms);
  const keys = createKeys({ options, http, providerMetadata });
  const common = {
    algorithms,
    clockTolerance: options.clockToleranceSeconds ?? 10,
  };

  /** @throws Refusal `invalid_token`; `temporarily_unavailable` if the keys cannot be read */
  return async (token: string, rules: JWTVerifyOptions): Promise<JWTPayload> => {
    try {
      const all = { ...common, ...rules, currentDate: now() };
      const { payload } = await jwtVerify(token, keys, all);
      return payload;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal('invalid_token', 'The JWT is invalid', { cause: error });
    }
  };
}

export type JwtVerifier = ReturnType<typeof createJwtVerifier>;

export function assertAsymmetric(algorithms: readonly string[]): void {
  const wrong = algorithms.find((name) => !/^(?:ES|PS|RS)\d{3}$|^Ed|^ML-DSA-/.test(name));
  if (wrong !== undefined) throw new TypeError(`${wrong} is not an asymmetric signature algorithm`);
}

type KeyDependencies = Omit<JwtVerifierDependencies, 'now'>;

function createKeys({ options, http, providerMetadata }: KeyDependencies): JWTVerifyGetKey {
  let known: { readonly uri: string; readonly select: JWTVerifyGetKey } | undefined;

  async function selection(): Promise<JWTVerifyGetKey> {
    const { jwksUri: uri } = await providerMetadata();
    if (known?.uri === uri) return known.select;
    const select = createRemoteJWKSet(new URL(uri), {
      cacheMaxAge: (options.keysMaxAgeSeconds ?? 600) * 1000,
      cooldownDuration: (options.keysCooldownSeconds ?? 30) * 1000,
      [customFetch]: async (url, { headers }) => {
        const { status, text } = await http(url, { headers });
        return new Response(text, { status });
      },
    });
    known = { uri, select };
    return select;
  }

  return async (header, token) => {
    const select = await selection();
    try {
      return await select(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) throw error;
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new Refusal('temporarily_unavailable', 'The keys of the provider are unavailable', {
        cause: error,
      });
    }
  };
}
