// Signing keys: made once for the installation, kept encrypted in PostgreSQL, one active key per
// algorithm. Nodes that start together on an empty database agree on the same keys.
import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Knex } from 'knex';
import { systemActor } from '#core/audit/audit.ts';
import { AppError } from '#platform/errors.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { SigningKeyStore, StoredSigningKey } from './signing-keys.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';

/** The first is what new clients are given unless they ask otherwise. */
export const signingAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

export interface SigningKeyDependencies {
  readonly db: Database;
  readonly keys: SigningKeyStore;
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly now: () => Date;
}

/** What an operator sees of a key; the private part never leaves. */
export type KeySummary = Pick<StoredSigningKey, 'kid' | 'alg' | 'status' | 'createdAt'>;

export function createSigningKeys(dependencies: SigningKeyDependencies) {
  const { db, keys, keyring, audit, now } = dependencies;

  async function create(alg: SigningAlgorithm): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(alg, generation[alg]);
    const publicJwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(publicJwk).catch(() => randomUUID());
    const named = { kid, alg, use: 'sig' };
    const privateJwk = { ...(await exportJWK(privateKey)), ...named };
    const key: StoredSigningKey = {
      kid,
      alg,
      status: 'active',
      publicJwk: { ...publicJwk, ...named },
      sealedJwk: keyring.seal(JSON.stringify(privateJwk), contextOf(kid)),
      createdAt: now(),
    };
    await db.transaction(async (tx) => {
      if (!(await keys.insertIfNoneActive(key, tx))) return;
      const details = { kid, alg };
      await audit.append({ event: 'key.created', actor: systemActor, details }, tx);
    });
  }

  /** The public part of a key that we made; somebody with SQL alone can not make one up. */
  function provePublic(key: StoredSigningKey): JWK[] {
    try {
      return publicKeys({ keys: [openPrivate(key, keyring)] }).keys;
    } catch (error) {
      // Altered, or sealed with a key that ENCRYPTION_KEYS names no more.
      if (error instanceof AppError) return [];
      throw error;
    }
  }

  return {
    /** Private JWKs for signing, the default algorithm's first; makes what is missing. */
    async load(): Promise<{ keys: JWK[] }> {
      const present = new Set((await keys.list()).filter(isActive).map(({ alg }) => alg));
      for (const alg of signingAlgorithms) if (!present.has(alg)) await create(alg);
      return { keys: openSigningKeys(await keys.list(), keyring) };
    },
    /** The active private key for what we sign ourselves; `undefined` before the first `load`. */
    async active(alg: SigningAlgorithm, tx?: Knex): Promise<JWK | undefined> {
      const active = (await keys.list(tx)).find((key) => key.alg === alg && isActive(key));
      return active && openPrivate(active, keyring);
    },
    /** Public keys of all times, retired ones too, as far as they are proved to be ours. */
    async provedPublicKeys(): Promise<readonly JWK[]> {
      return (await keys.list()).flatMap(provePublic);
    },
    async list(): Promise<readonly KeySummary[]> {
      const stored = await keys.list();
      return stored.map(({ kid, alg, status, createdAt }) => ({ kid, alg, status, createdAt }));
    },
  };
}

export type SigningKeys = ReturnType<typeof createSigningKeys>;

/**
 * The private parts of all that are not retired, in the order in which they are to be used.
 * @throws AppError when ENCRYPTION_KEYS does not open one of them
 */
export function openSigningKeys(stored: readonly StoredSigningKey[], keyring: Keyring): JWK[] {
  const order = (key: StoredSigningKey) =>
    signingAlgorithms.findIndex((alg) => alg === key.alg) + (isActive(key) ? 0 : 100);
  return stored
    .filter(({ status }) => status !== 'retired')
    .toSorted((a, b) => order(a) - order(b))
    .map((key) => openPrivate(key, keyring));
}

function openPrivate({ kid, sealedJwk }: StoredSigningKey, keyring: Keyring): JWK {
  return JSON.parse(keyring.open(sealedJwk, contextOf(kid)).toString()) as JWK; // sealed by create()
}

/** The public members alone, for whoever only verifies. */
export function publicKeys({ keys }: { keys: JWK[] }): { keys: JWK[] } {
  return { keys: keys.map(({ d, p, q, dp, dq, qi, k, ...open }) => open) };
}

const generation = {
  ES256: { extractable: true },
  RS256: { extractable: true, modulusLength: 2048 },
  // A key of its own: one key is used with one algorithm (RFC 8725 §3.1, RFC 7517 §4.4).
  PS256: { extractable: true, modulusLength: 2048 },
  EdDSA: { extractable: true, crv: 'Ed25519' },
} as const;

function isActive({ status }: StoredSigningKey): boolean {
  return status === 'active';
}

function contextOf(kid: string): string {
  return `signing key ${kid}`;
}
