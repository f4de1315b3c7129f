// Signing keys: generated once per installation, stored encrypted in PostgreSQL, one active key per
// algorithm. Nodes that start at the same time on an empty database agree on the same keys.
import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Knex } from 'knex';
import { systemActor } from '#core/audit/audit.ts';
import { AppError } from '#platform/errors.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { SigningKeyStore, StoredSigningKey } from './signing-keys.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';

/** The first is the default for new clients. */
export const signingAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

export interface SigningKeyDependencies {
  readonly db: Database;
  readonly keys: SigningKeyStore;
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly now: () => Date;
}

/** The part of a key that operators may see, without the private key. */
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

  /**
   * The public part of a key that this server generated; a key inserted through SQL alone is
   * rejected.
   */
  function provePublic(key: StoredSigningKey): JWK[] {
    try {
      return publicKeys({ keys: [openPrivate(key, keyring)] }).keys;
    } catch (error) {
      // Modified, or encrypted with a key that ENCRYPTION_KEYS no longer contains.
      if (error instanceof AppError) return [];
      throw error;
    }
  }

  return {
    /** Private JWKs for signing, with the default algorithm first; generates missing keys. */
    async load(): Promise<{ keys: JWK[] }> {
      const present = new Set((await keys.list()).filter(isActive).map(({ alg }) => alg));
      for (const alg of signingAlgorithms) if (!present.has(alg)) await create(alg);
      return { keys: openSigningKeys(await keys.list(), keyring) };
    },
    /**
     * The active private key, for tokens that are not issued by oidc-provider; `undefined` before
     * the first `load`.
     */
    async active(alg: SigningAlgorithm, tx?: Knex): Promise<JWK | undefined> {
      const active = (await keys.list(tx)).find((key) => key.alg === alg && isActive(key));
      return active && openPrivate(active, keyring);
    },
    /** All public keys, including retired ones, that are proven to be from this server. */
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
 * The private keys that are not retired, in order of use.
 * @throws AppError when ENCRYPTION_KEYS cannot decrypt one of them
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

/** The public members only, for verification. */
export function publicKeys({ keys }: { keys: JWK[] }): { keys: JWK[] } {
  return { keys: keys.map(({ d, p, q, dp, dq, qi, k, ...open }) => open) };
}

const generation = {
  ES256: { extractable: true },
  RS256: { extractable: true, modulusLength: 2048 },
  // A separate key, because a key is used with one algorithm only (RFC 8725 §3.1, RFC 7517 §4.4).
  PS256: { extractable: true, modulusLength: 2048 },
  EdDSA: { extractable: true, crv: 'Ed25519' },
} as const;

function isActive({ status }: StoredSigningKey): boolean {
  return status === 'active';
}

function contextOf(kid: string): string {
  return `signing key ${kid}`;
}
