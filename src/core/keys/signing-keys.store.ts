// The signing_keys table. Private keys are encrypted before they are stored
// (platform/crypto/encryption.ts); signing-keys.service.ts generates keys, and
// rotation/key-rotation.service.ts decides when they change their state.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { SigningKeyState, SigningKeyStatus } from './signing-keys.ts';

export interface StoredSigningKey extends SigningKeyState {
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** The private JWK, encrypted with AES-256-GCM; the text names its encryption key. */
  readonly sealedJwk: string;
}

/** Binds an encrypted private key to its row. */
export function signingKeyContext(kid: string): string {
  return `signing key ${kid}`;
}

interface StateRow {
  kid: string;
  alg: string;
  status: SigningKeyStatus;
  created_at: Date;
  activated_at: Date | null;
  retires_at: Date | null;
  retired_at: Date | null;
  revoked: boolean;
}

interface SigningKeyRow extends StateRow {
  public_jwk: Record<string, unknown>;
  sealed_jwk: string;
}

const stateColumns = [
  'kid',
  'alg',
  'status',
  'created_at',
  'activated_at',
  'retires_at',
  'retired_at',
  'revoked',
] as const;

// Every process reads this twice a second.
const states: Statement = {
  name: 'signing_key_states',
  text: `select ${stateColumns.join(', ')} from signing_keys order by created_at, kid`,
};

export interface EndOfKeys {
  readonly kids: readonly string[];
  readonly at: Date;
  readonly isRevoked: boolean;
}

export function createSigningKeyStore(db: Database) {
  return {
    /** All keys, oldest first. */
    async list(tx: Knex = db.knex): Promise<StoredSigningKey[]> {
      const rows: SigningKeyRow[] = await tx('signing_keys')
        .select(...stateColumns, 'public_jwk', 'sealed_jwk')
        .orderBy(['created_at', 'kid']);
      return rows.map(keyFromRow);
    },
    /** The same, without key material. */
    async listStates(): Promise<SigningKeyState[]> {
      return (await db.run<StateRow>(states, [])).rows.map(stateFromRow);
    },
    /**
     * Locks and returns the keys that are not retired, so that rotations on other nodes wait until the
     * transaction ends.
     */
    async lock(tx: Knex): Promise<SigningKeyState[]> {
      const rows: StateRow[] = await tx('signing_keys')
        .select(...stateColumns)
        .whereNot({ status: 'retired' })
        .orderBy('kid')
        .forUpdate();
      return rows.map(stateFromRow);
    },

    /** True for exactly one caller per algorithm, however many nodes start at the same time. */
    async insertIfNoneActive(key: StoredSigningKey, tx: Knex = db.knex): Promise<boolean> {
      const { rowCount }: { rowCount: number } = await tx.raw(
        `insert into signing_keys
           (kid, alg, status, public_jwk, sealed_jwk, created_at, activated_at)
         select :kid, :alg, 'active', :publicJwk, :sealedJwk, :createdAt, :createdAt
          where not exists (
            select 1 from signing_keys where alg = :alg and status = 'active'
          )
         on conflict (alg) where status = 'active' do nothing`,
        valuesOf(key),
      );
      return rowCount === 1;
    },
    /** True for exactly one caller per algorithm, which must have locked the active key. */
    async insertNext(key: StoredSigningKey, tx: Knex): Promise<boolean> {
      const { rowCount }: { rowCount: number } = await tx.raw(
        `insert into signing_keys (kid, alg, status, public_jwk, sealed_jwk, created_at)
         values (:kid, :alg, 'next', :publicJwk, :sealedJwk, :createdAt)
         on conflict (alg) where status = 'next' do nothing`,
        valuesOf(key),
      );
      return rowCount === 1;
    },
    /** True if the key was published and not active before. */
    async activate(kid: string, at: Date, tx: Knex): Promise<boolean> {
      const changed: number = await tx('signing_keys')
        .where({ kid, status: 'next' })
        .update({ status: 'active', activated_at: at });
      return changed === 1;
    },
    /** True if the key was active before. */
    async beginRetirement(kid: string, until: Date, tx: Knex): Promise<boolean> {
      const changed: number = await tx('signing_keys')
        .where({ kid, status: 'active' })
        .update({ status: 'retiring', retires_at: until });
      return changed === 1;
    },
    /** @returns the number of keys that were not retired before */
    async retire({ kids, at, isRevoked }: EndOfKeys, tx: Knex): Promise<number> {
      return tx('signing_keys')
        .whereIn('kid', [...kids])
        .whereNot({ status: 'retired' })
        .update({ status: 'retired', retired_at: at, revoked: isRevoked });
    },
  };
}

export type SigningKeyStore = ReturnType<typeof createSigningKeyStore>;

function valuesOf({ kid, alg, publicJwk, sealedJwk, createdAt }: StoredSigningKey) {
  return { kid, alg, publicJwk: JSON.stringify(publicJwk), sealedJwk, createdAt };
}

function stateFromRow(row: StateRow): SigningKeyState {
  return {
    kid: row.kid,
    alg: row.alg,
    status: row.status,
    createdAt: row.created_at,
    activatedAt: row.activated_at ?? undefined,
    retiresAt: row.retires_at ?? undefined,
    retiredAt: row.retired_at ?? undefined,
    isRevoked: row.revoked,
  };
}

function keyFromRow(row: SigningKeyRow): StoredSigningKey {
  return { ...stateFromRow(row), publicJwk: row.public_jwk, sealedJwk: row.sealed_jwk };
}
