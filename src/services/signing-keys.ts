// Signing keys: made once for the installation, kept encrypted in PostgreSQL, one active key per
// algorithm. Nodes that start together on an empty database agree on the same keys.
import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Keyring } from '#platform/encryption.ts';
import type { SigningKeyStore, StoredSigningKey } from '#stores/signing-keys.ts';

/** The first is what new clients are given unless they ask otherwise. */
export const signingAlgorithms = ['ES256', 'RS256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

export interface SigningKeyDependencies {
  readonly keys: SigningKeyStore;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

/** What an operator sees of a key; the private part never leaves. */
export type KeySummary = Pick<StoredSigningKey, 'kid' | 'alg' | 'status' | 'createdAt'>;

export function createSigningKeys({ keys, keyring, now }: SigningKeyDependencies) {
  async function create(alg: SigningAlgorithm): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(alg, generation[alg]);
    const publicJwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(publicJwk).catch(() => randomUUID());
    const named = { kid, alg, use: 'sig' };
    const privateJwk = { ...(await exportJWK(privateKey)), ...named };
    await keys.insertIfNoneActive({
      kid,
      alg,
      status: 'active',
      publicJwk: { ...publicJwk, ...named },
      sealedJwk: keyring.seal(JSON.stringify(privateJwk), contextOf(kid)),
      createdAt: now(),
    });
  }

  return {
    /** Private JWKs for signing, the default algorithm's first; makes what is missing. */
    async load(): Promise<{ keys: JWK[] }> {
      const present = new Set((await keys.list()).filter(isActive).map(({ alg }) => alg));
      for (const alg of signingAlgorithms) if (!present.has(alg)) await create(alg);
      const stored = (await keys.list()).filter(({ status }) => status !== 'retired');
      const order = (key: StoredSigningKey) =>
        signingAlgorithms.findIndex((alg) => alg === key.alg) + (isActive(key) ? 0 : 100);
      const opened = stored
        .toSorted((a, b) => order(a) - order(b))
        .map(({ kid, sealedJwk }) => keyring.open(sealedJwk, contextOf(kid)).toString());
      return { keys: opened.map((json) => JSON.parse(json) as JWK) }; // sealed by create()
    },
    async list(): Promise<readonly KeySummary[]> {
      const stored = await keys.list();
      return stored.map(({ kid, alg, status, createdAt }) => ({ kid, alg, status, createdAt }));
    },
  };
}

export type SigningKeys = ReturnType<typeof createSigningKeys>;

/** The public members alone, for whoever only verifies. */
export function publicKeys({ keys }: { keys: JWK[] }): { keys: JWK[] } {
  return { keys: keys.map(({ d, p, q, dp, dq, qi, k, ...open }) => open) };
}

const generation = {
  ES256: { extractable: true },
  RS256: { extractable: true, modulusLength: 2048 },
  EdDSA: { extractable: true, crv: 'Ed25519' },
} as const;

function isActive({ status }: StoredSigningKey): boolean {
  return status === 'active';
}

function contextOf(kid: string): string {
  return `signing key ${kid}`;
}
