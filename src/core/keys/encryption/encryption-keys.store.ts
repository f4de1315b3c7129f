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

/** Families per statement: few enough to stay well below the statement timeout. */
const countedFamilies = 20_000;

/** Counts the families after $2, in the order of their ids, that are live at $1, by key. */
const families: Statement = {
  name: 'refresh_families_by_key',
  text: `
    with counted as materialized (
      select id, key_id, expires_at, ended_at is null and expires_at > $1 as is_live
        from refresh_families
       where id > $2
       order by id
       limit ${countedFamilies})
    select key_id, is_live, count(*)::integer as count, max(expires_at) as last_expires_at,
           (select id from counted order by id desc limit 1) as last_id
      from counted
     group by key_id, is_live
     order by key_id`,
};

interface FamilyRow {
  readonly key_id: string | null;
  readonly is_live: boolean;
  readonly count: number;
  readonly last_expires_at: Date;
  readonly last_id: string;
}

const beforeAllIds = '00000000-0000-0000-0000-000000000000';

export function createEncryptionKeyStore(db: Database) {
  return {
    /** The recorded keys, without those that a start has found unused. */
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
    /** Records the keys of this process: from now on the first one encrypts, and all others only decrypt. */
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
    /** Counts the first families: at most `maxRows`, rounded up to what one statement counts. */
    async familyUses(at: Date, maxRows: number): Promise<FamilyCount> {
      const uses = new Map<string | null, FamilyUse>();
      let after = beforeAllIds;
      for (let all = 0; all < maxRows; all += countedFamilies) {
        const { rows } = await db.run<FamilyRow>(families, [at, after]);
        for (const row of rows.filter((each) => each.is_live)) add(uses, row);
        const seen = rows.reduce((sum, { count }) => sum + count, 0);
        if (seen < countedFamilies) return { uses: [...uses.values()], isComplete: true };
        after = rows[0]?.last_id ?? after;
      }
      return { uses: [...uses.values()], isComplete: false };
    },
  };
}

export type EncryptionKeyStore = ReturnType<typeof createEncryptionKeyStore>;

export interface FamilyCount {
  readonly uses: readonly FamilyUse[];
  /** False: there are further families, which were not counted. */
  readonly isComplete: boolean;
}

function add(uses: Map<string | null, FamilyUse>, row: FamilyRow): void {
  const known = uses.get(row.key_id);
  const isLater = !known || row.last_expires_at > known.lastExpiresAt;
  uses.set(row.key_id, {
    keyId: row.key_id ?? undefined,
    count: (known?.count ?? 0) + row.count,
    lastExpiresAt: isLater ? row.last_expires_at : known.lastExpiresAt,
  });
}
