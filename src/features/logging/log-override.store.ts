// The row of the temporary log level.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { LogFilter, OverrideLevel } from '#platform/logging/log-overrides.ts';
import type { StoredOverride } from './logging.ts';

interface OverrideRow {
  level: OverrideLevel;
  user_id: string | null;
  client_id: string | null;
  route: string | null;
  set_at: Date;
  expires_at: Date;
}

const find: Statement = {
  name: 'log_override_find',
  text: `
    select level, user_id, client_id, route, set_at, expires_at
      from log_override
     where expires_at > $1`,
};

// The lock keeps the user from being deleted before the row refers to it.
const write: Statement = {
  name: 'log_override_write',
  text: `
    insert into log_override (level, user_id, client_id, route, set_at, expires_at)
    select $1, $2::uuid, $3, $4, $5::timestamptz, $6::timestamptz
     where ($2::uuid is null or exists (select from users where id = $2::uuid for key share))
       and ($3::text is null or exists (select from clients where client_id = $3))
    on conflict (only_row) do update
       set level = excluded.level, user_id = excluded.user_id, client_id = excluded.client_id,
           route = excluded.route, set_at = excluded.set_at, expires_at = excluded.expires_at`,
};

const remove: Statement = {
  name: 'log_override_remove',
  text: 'delete from log_override where expires_at > $1',
};

export function createLogOverrideStore(db: Database) {
  return {
    /** The current override, if it has not ended. */
    async find(at: Date, tx?: Knex): Promise<StoredOverride | undefined> {
      const [row] = (await db.run<OverrideRow>(find, [at], tx)).rows;
      if (!row) return undefined;
      return {
        level: row.level,
        filter: filterOf(row),
        setAt: new Date(row.set_at),
        expiresAt: new Date(row.expires_at),
      };
    },
    /** Replaces any other override. False if the user or client of the filter does not exist. */
    async write({ level, filter, setAt, expiresAt }: StoredOverride, tx: Knex): Promise<boolean> {
      const valueBy = (by: LogFilter['by']) => (filter?.by === by ? filter.value : null);
      const values = [level, valueBy('user'), valueBy('client'), valueBy('route')];
      const { rowCount } = await db.run(write, [...values, setAt, expiresAt], tx);
      return rowCount === 1;
    },
    /** False if no override is in effect. */
    async remove(at: Date, tx: Knex): Promise<boolean> {
      return (await db.run(remove, [at], tx)).rowCount === 1;
    },
  };
}

export type LogOverrideStore = ReturnType<typeof createLogOverrideStore>;

function filterOf({ user_id, client_id, route }: OverrideRow): LogFilter | undefined {
  if (user_id !== null) return { by: 'user', value: user_id };
  if (client_id !== null) return { by: 'client', value: client_id };
  return route === null ? undefined : { by: 'route', value: route };
}
