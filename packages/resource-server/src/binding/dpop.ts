// Verifies DPoP proofs (RFC 9449 §4.3): the proof is made with the key that the token is bound to, for this
// method, this URL and this token, now, and only once.
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWTPayload } from 'jose';
import { createDpopNonces } from './dpop-nonces.ts';
import { sha256 } from './hashing.ts';
import { assertAsymmetric } from '../token/jwt-verifier.ts';
import { createProofReplays } from './proof-replays.ts';
import { Refusal } from '../request/refusal.ts';
import type { DpopOptions, RequestFacts } from '../types.ts';

export interface DpopDependencies {
  readonly options: DpopOptions;
  /** The public URL of the request, without query. */
  readonly publicUrlOf: (request: RequestFacts) => string;
  readonly clockToleranceSeconds: number;
  readonly now: () => Date;
}

export interface PresentedProof {
  readonly request: RequestFacts;
  readonly proof: string | undefined;
  readonly token: string;
  /** The thumbprint of the key that the token is bound to (`cnf.jkt`). */
  readonly thumbprint: string;
}

export const defaultProofAlgorithms = ['ES256', 'EdDSA', 'Ed25519'];
const maxProofLength = 8192;

export function createDpop(dependencies: DpopDependencies) {
  const { options, clockToleranceSeconds, now } = dependencies;
  const algorithms = [...(options.algorithms ?? defaultProofAlgorithms)];
  assertAsymmetric(algorithms);
  const maxAgeSeconds = options.maxAgeSeconds ?? 60;
  const replays = options.replays ?? createProofReplays(options.replayEntries ?? 100_000, now);
  const nonces = options.nonceSecret && createDpopNonces(options.nonceSecret, now);

  async function readProof(proof: string | undefined, thumbprint: string): Promise<JWTPayload> {
    if (proof === undefined || proof.length > maxProofLength) throw refused('no proof');
    try {
      const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
        algorithms,
        typ: 'dpop+jwt',
        requiredClaims: ['jti', 'htm', 'htu', 'iat', 'ath'],
        maxTokenAge: maxAgeSeconds,
        clockTolerance: clockToleranceSeconds,
        currentDate: now(),
      });
      const { jwk } = protectedHeader;
      if (!jwk || (await calculateJwkThumbprint(jwk)) !== thumbprint)
        throw refused('made with another key');
      return payload;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw refused('not a valid JWT', error);
    }
  }

  return {
    algorithms,
    nextNonce: async (): Promise<string | undefined> => nonces?.issue(),
    /** @throws Refusal `invalid_dpop_proof` or `use_dpop_nonce` */
    async verify({ request, proof, token, thumbprint }: PresentedProof): Promise<void> {
      const { jti, iat = 0, ...claims } = await readProof(proof, thumbprint);
      if (claims['htm'] !== request.method) throw refused('for another method');
      const isForUrl = normalize(claims['htu']) === dependencies.publicUrlOf(request);
      if (!isForUrl) throw refused('for another URL');
      if (claims['ath'] !== (await sha256(token))) throw refused('for another token');
      if (nonces && !(await nonces.isValid(claims['nonce']))) {
        throw new Refusal('use_dpop_nonce', 'The DPoP proof has no valid nonce');
      }
      const key = await sha256(`${thumbprint} ${jti}`);
      const expiresAt = new Date((iat + maxAgeSeconds + clockToleranceSeconds + 1) * 1000);
      if (!(await replays.claim(key, expiresAt))) throw refused('already used');
    },
  };
}

function refused(reason: string, cause?: unknown): Refusal {
  return new Refusal('invalid_dpop_proof', `DPoP proof: ${reason}`, { cause });
}

/** Query and fragment are ignored (RFC 9449 §4.3). */
export function normalize(url: unknown): string | undefined {
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  if (!parsed) return undefined;
  const path = parsed.pathname.replaceAll(/%[\da-f]{2}/gi, (escape) => {
    const character = String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
  });
  return `${parsed.origin}${path}`;
}
