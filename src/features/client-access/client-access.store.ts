// The rules for who may sign in to a client. core/clients reads them together with the client.
import type { Knex } from 'knex';
import type { ClientAccess } from '#core/clients/clients.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

const limit: Statement = {
  name: 'client_limit_access',
  text: 'update clients set access_limited = $2 where client_id = $1',
};

const insertRules: Statement = {
  name: 'client_access_insert',
  text: `
    insert into client_access_rules (client_id, role_id, group_id, organization_id)
    select $1, role_id, null::uuid, null::uuid from unnest($2::text[]) role_id
     union all
    select $1, null, group_id, null from unnest($3::uuid[]) group_id
     union all
    select $1, null, null, organization_id from unnest($4::uuid[]) organization_id`,
};

export function createClientAccessStore(db: Database) {
  return {
    /** Replaces the rules; `undefined` lets every user in. False: the client does not exist. */
    async replace(clientId: string, access: ClientAccess | undefined, tx: Knex): Promise<boolean> {
      const { rowCount } = await db.run(limit, [clientId, access !== undefined], tx);
      await tx('client_access_rules').where({ client_id: clientId }).delete();
      if (rowCount === 0 || !access) return rowCount === 1;
      const { roles, groups, organizations } = access;
      await db.run(insertRules, [clientId, roles, groups, organizations], tx);
      return true;
    },
  };
}

export type ClientAccessStore = ReturnType<typeof createClientAccessStore>;
