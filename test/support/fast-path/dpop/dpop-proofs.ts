// DPoP proofs in generated requests. As an assertion, each is accepted once, so a request holds a
// placeholder, and the proof is signed when the request is sent.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { signClaims, type AssertionPlan } from '#test/support/fast-path/assertions.ts';

const placeholder = /^proof\.([\w-]+)\.unsigned/;

export interface ProvenTarget {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** That is presented with the proof. */
  readonly token?: string;
}

/** Replace those of a valid proof; `undefined` omits one. */
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
    /** The value of the header, until the request is sent. */
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

/** The value with a new proof in each place; other values of headers are as they were. */
export function signProofs(value: string): string {
  return value.replace(placeholder, (_whole, plan: string) =>
    signClaims(JSON.parse(String(Buffer.from(plan, 'base64url')))),
  );
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
