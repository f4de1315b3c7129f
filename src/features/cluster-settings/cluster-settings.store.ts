// Stores the fingerprints of the settings that all nodes share. cluster-settings.service.ts decides
// what is hashed and how a difference is handled.
import type { Knex } from 'knex';
import type { Database } from '#platform/database/postgres.ts';

/** Fingerprints by the name of the setting. */
export type Fingerprints = ReadonlyMap<string, readonly string[]>;

export function createClusterSettingStore(db: Database) {
  return {
    /** Keeps other nodes from comparing or storing until the transaction ends. */
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

    /** Replaces the fingerprints stored under the same names. */
    async note(noted: Fingerprints, at: Date, tx: Knex = db.knex): Promise<void> {
      const rows = [...noted].map(([name, fingerprints]) => ({ name, fingerprints, noted_at: at }));
      await tx('shared_settings').insert(rows).onConflict('name').merge();
    },
  };
}

export type ClusterSettingStore = ReturnType<typeof createClusterSettingStore>;
