// Rows of identity providers, and how many users depend on one of them.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { ProviderOptions, ProviderUsage, StoredProvider } from './identity-providers.ts';

interface ProviderRow {
  id: string;
  issuer: string;
  settings: ProviderOptions;
  credential: string;
  enabled: boolean;
  revision: string;
  created_at: Date;
  updated_at: Date;
}

const all: Statement = {
  name: 'identity_providers_all',
  text: `
    select id, issuer, settings, credential, enabled, revision, created_at, updated_at
      from identity_providers
     order by created_at, id`,
};

// Serializes changes, so that the checks across providers still hold when the row is written.
const lock: Statement = {
  name: 'identity_providers_lock',
  text: 'lock table identity_providers in share row exclusive mode',
};

const usage: Statement = {
  name: 'identity_provider_usage',
  text: `
    with linked as (select distinct user_id from identities where issuer = $1)
    select count(*)::integer as linked,
           (count(*) filter (
             where not exists (select 1 from password_credentials p where p.user_id = l.user_id)
               and not exists (select 1 from passkeys k where k.user_id = l.user_id)
               and not exists (
                 select 1 from identities o
                  where o.user_id = l.user_id and o.issuer <> $1 and o.issuer = any($2::text[]))
           ))::integer as alone
      from linked l`,
};

export function createIdentityProviderStore(db: Database) {
  return {
    /** In the order of creation. */
    async list(tx?: Knex): Promise<readonly StoredProvider[]> {
      const { rows } = await db.run<ProviderRow>(all, [], tx);
      return rows.map(providerFromRow);
    },
    async lock(tx: Knex): Promise<void> {
      await db.run(lock, [], tx);
    },
    async insert(provider: StoredProvider, tx: Knex): Promise<void> {
      await tx('identity_providers').insert({ ...rowOf(provider), created_at: provider.createdAt });
    },
    /** False when another change came first. */
    async update(before: StoredProvider, after: StoredProvider, tx: Knex): Promise<boolean> {
      const { id, revision } = before;
      const count: number = await tx('identity_providers')
        .where({ id, revision })
        .update(rowOf(after));
      return count === 1;
    },
    /** False when another change came first. */
    async remove({ id, revision }: StoredProvider, tx: Knex): Promise<boolean> {
      const count: number = await tx('identity_providers').where({ id, revision }).delete();
      return count === 1;
    },
    /** @param working issuers with which users can sign in */
    async usage(issuer: string, working: readonly string[], tx?: Knex): Promise<ProviderUsage> {
      const values = [issuer, [...working]];
      const { rows } = await db.run<{ linked: number; alone: number }>(usage, values, tx);
      const [row] = rows;
      return { linkedUsers: row?.linked ?? 0, usersWithoutOtherMethod: row?.alone ?? 0 };
    },
  };
}

export type IdentityProviderStore = ReturnType<typeof createIdentityProviderStore>;

function rowOf(provider: StoredProvider) {
  const { id, issuer, options, credential, enabled, revision, updatedAt } = provider;
  const settings = JSON.stringify(options);
  return { id, issuer, settings, credential, enabled, revision, updated_at: updatedAt };
}

function providerFromRow(row: ProviderRow): StoredProvider {
  const { id, issuer, settings, credential, enabled, revision } = row;
  return {
    id,
    issuer,
    options: settings,
    credential,
    enabled,
    revision,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}
