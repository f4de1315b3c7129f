// The ids of the encryption keys that the installation has used, and the refresh token families by
// the key that authenticates their current token.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { FamilyUse, KnownKey } from './encryption-keys.ts';

interface KeyRow {
  id: string;
  first_seen_at: Date;
  superseded_at: Date | null;
  removed_at: Date | null;
}

const families: Statement = {
  name: 'refresh_families_by_key',
  text: `
    select key_id, count(*)::integer as count, max(expires_at) as last_expires_at
      from refresh_families
     where ended_at is null and expires_at > $1
     group by key_id
     order by key_id`,
};

export function createEncryptionKeyStore(db: Database) {
  return {
    /** Those that no start has found unused. */
    async list(tx: Knex = db.knex): Promise<readonly KnownKey[]> {
      const rows: KeyRow[] = await tx('encryption_keys')
        .select('id', 'first_seen_at', 'superseded_at', 'removed_at')
        .whereNull('removed_at')
        .orderBy(['first_seen_at', 'id']);
      return rows.map((row) => ({
        id: row.id,
        firstSeenAt: row.first_seen_at,
        supersededAt: row.superseded_at ?? undefined,
      }));
    },
    async isEmpty(): Promise<boolean> {
      const [row]: unknown[] = await db.knex('encryption_keys').select('id').limit(1);
      return row === undefined;
    },
    /** Notes the keys of this process: the first one encrypts from now on, all others do not. */
    async note(ids: readonly string[], at: Date): Promise<void> {
      const [current] = ids;
      await db.transaction(async (tx) => {
        await tx('encryption_keys')
          .insert(
            ids.map((id) => ({ id, first_seen_at: at, superseded_at: id === current ? null : at })),
          )
          .onConflict('id')
          .ignore();
        await tx('encryption_keys')
          .where({ id: current })
          .update({ superseded_at: null, removed_at: null });
        await tx('encryption_keys')
          .whereNot({ id: current })
          .whereNull('superseded_at')
          .update({ superseded_at: at });
        await tx('encryption_keys')
          .whereIn('id', [...ids])
          .update({ removed_at: null });
      });
    },
    async noteRemoved(id: string, at: Date): Promise<void> {
      await db.knex('encryption_keys').where({ id }).update({ removed_at: at });
    },
    async familyUses(at: Date): Promise<readonly FamilyUse[]> {
      const { rows } = await db.run<{
        key_id: string | null;
        count: number;
        last_expires_at: Date;
      }>(families, [at]);
      return rows.map((row) => ({
        keyId: row.key_id ?? undefined,
        count: row.count,
        lastExpiresAt: row.last_expires_at,
      }));
    },
  };
}

export type EncryptionKeyStore = ReturnType<typeof createEncryptionKeyStore>;
