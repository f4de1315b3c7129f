// The fingerprints of settings that all nodes share. What is hashed, and what follows from a difference,
// is decided in cluster-settings.service.ts.
import type { Knex } from 'knex';
import type { Database } from '#platform/database/postgres.ts';

/** By the name of the setting. */
export type Fingerprints = ReadonlyMap<string, readonly string[]>;

export function createSharedSettingStore(db: Database) {
  return {
    /** Until the end of the transaction, no other node compares or notes. */
    async lock(tx: Knex): Promise<void> {
      await tx.raw('lock table shared_settings in share row exclusive mode');
    },

    async list(tx: Knex = db.knex): Promise<Fingerprints> {
      const rows: { name: string; fingerprints: string[] }[] = await tx('shared_settings').select(
        'name',
        'fingerprints',
      );
      return new Map(rows.map(({ name, fingerprints }) => [name, fingerprints]));
    },

    /** In place of what was noted under those names. */
    async note(noted: Fingerprints, at: Date, tx: Knex = db.knex): Promise<void> {
      const rows = [...noted].map(([name, fingerprints]) => ({ name, fingerprints, noted_at: at }));
      await tx('shared_settings').insert(rows).onConflict('name').merge();
    },
  };
}

export type SharedSettingStore = ReturnType<typeof createSharedSettingStore>;
