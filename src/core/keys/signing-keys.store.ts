// The signing_keys table. Private keys are encrypted before they are stored
// (platform/crypto/encryption.ts); signing-keys.service.ts decides when keys are generated and
// retired.
import type { Knex } from 'knex';
import type { Database } from '#platform/database/postgres.ts';

export type SigningKeyStatus = 'next' | 'active' | 'retiring' | 'retired';

export interface StoredSigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly status: SigningKeyStatus;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** The private JWK, encrypted with AES-256-GCM; the text names its encryption key. */
  readonly sealedJwk: string;
  readonly createdAt: Date;
}

interface SigningKeyRow {
  kid: string;
  alg: string;
  status: SigningKeyStatus;
  public_jwk: Record<string, unknown>;
  sealed_jwk: string;
  created_at: Date;
}

export function createSigningKeyStore(db: Database) {
  return {
    /** All keys, oldest first. */
    async list(tx: Knex = db.knex): Promise<StoredSigningKey[]> {
      const rows: SigningKeyRow[] = await tx('signing_keys')
        .select('kid', 'alg', 'status', 'public_jwk', 'sealed_jwk', 'created_at')
        .orderBy(['created_at', 'kid']);
      return rows.map(keyFromRow);
    },

    /** True for exactly one caller per algorithm, however many nodes start at the same time. */
    async insertIfNoneActive(key: StoredSigningKey, tx: Knex = db.knex): Promise<boolean> {
      const { rowCount }: { rowCount: number } = await tx.raw(
        `insert into signing_keys (kid, alg, status, public_jwk, sealed_jwk, created_at)
         select :kid, :alg, :status, :publicJwk, :sealedJwk, :createdAt
          where not exists (
            select 1 from signing_keys where alg = :alg and status = 'active'
          )
         on conflict (alg) where status = 'active' do nothing`,
        { ...key, publicJwk: JSON.stringify(key.publicJwk) },
      );
      return rowCount === 1;
    },
  };
}

export type SigningKeyStore = ReturnType<typeof createSigningKeyStore>;

function keyFromRow(row: SigningKeyRow): StoredSigningKey {
  return {
    kid: row.kid,
    alg: row.alg,
    status: row.status,
    publicJwk: row.public_jwk,
    sealedJwk: row.sealed_jwk,
    createdAt: row.created_at,
  };
}
