// DPoP proofs in generated requests. Like an assertion, each is accepted once, so a request holds a
// placeholder, and the proof is signed when the request is sent.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { signClaims, type AssertionPlan } from '#test/support/fast-path/assertions.ts';

const placeholder = /^proof\.([\w-]+)\.unsigned/;

export interface ProvenTarget {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** The access token that is presented with the proof. */
  readonly token?: string;
}

/** Claims and header members that replace those of a valid proof; `undefined` omits one. */
export interface ProofChanges {
  readonly claims?: object;
  readonly header?: object;
}

/** A key of a client. */
export async function createProofKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ format: 'jwk' });
  const { d: _, ...jwk } = key;
  return {
    key,
    jwk,
    thumbprint: await calculateJwkThumbprint(jwk),
    /** Returns the placeholder, which is the value of the header until the request is sent. */
    place({ method, url, token }: ProvenTarget, { claims, header }: ProofChanges = {}): string {
      const ath = token === undefined ? {} : { ath: hashOf(token) };
      const plan: AssertionPlan = {
        key,
        header: { typ: 'dpop+jwt', jwk, ...header },
        claims: { htm: method, htu: url, ...ath, ...claims },
      };
      return `proof.${Buffer.from(JSON.stringify(plan)).toString('base64url')}.unsigned`;
    },
  };
}

export type ProofKey = Awaited<ReturnType<typeof createProofKey>>;

/** The header value with a new proof in place of the placeholder; any other value is unchanged. */
export function signProofs(value: string): string {
  return value.replace(placeholder, (_whole, plan: string) =>
    signClaims(JSON.parse(String(Buffer.from(plan, 'base64url')))),
  );
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
