// The row of the stored brand.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { BrandSettings, StoredBranding } from './stored-branding.ts';

interface BrandingRow {
  settings: BrandSettings | null;
  revision: string;
  updated_at: Date;
}

// The settings contain images, so they are read only if they have changed.
const find: Statement = {
  name: 'branding_find',
  text: `
    select revision, updated_at,
           case when revision is distinct from $1::uuid then settings end as settings
      from branding`,
};

const insert: Statement = {
  name: 'branding_insert',
  text: `
    insert into branding (settings, revision, updated_at) values ($1, $2, $3)
    on conflict (only_row) do nothing`,
};

const update: Statement = {
  name: 'branding_update',
  text: `
    update branding set settings = $1, revision = $2, updated_at = $3 where revision = $4`,
};

export function createStoredBrandingStore(db: Database) {
  return {
    /** @param known a revision whose settings the caller already has */
    async find(
      known?: string,
      tx?: Knex,
    ): Promise<
      StoredBranding | { readonly revision: string; readonly settings: null } | undefined
    > {
      const [row] = (await db.run<BrandingRow>(find, [known ?? null], tx)).rows;
      if (!row) return undefined;
      const { settings, revision } = row;
      if (settings === null) return { revision, settings };
      return { settings, revision, updatedAt: new Date(row.updated_at) };
    },
    /** False when another change came first. */
    async write(
      before: string | undefined,
      { settings, revision, updatedAt }: StoredBranding,
      tx: Knex,
    ): Promise<boolean> {
      const values = [JSON.stringify(settings), revision, updatedAt];
      const done = await (before === undefined
        ? db.run(insert, values, tx)
        : db.run(update, [...values, before], tx));
      return done.rowCount === 1;
    },
    /** False when another change came first. */
    async remove(revision: string, tx: Knex): Promise<boolean> {
      const count: number = await tx('branding').where({ revision }).delete();
      return count === 1;
    },
  };
}

export type StoredBrandingStore = ReturnType<typeof createStoredBrandingStore>;
