// Numbers of rows for operators. Counting stops at a limit, so that the cost does not grow with the
// installation.
import type { Database, Statement } from '#platform/database/postgres.ts';

export const countLimit = 100_000;

/** What is counted. Each condition has an index, except those of small tables. */
const counted = {
  users: 'users',
  blocked_users: 'users where blocked_at is not null and coalesce(blocked_until > $1, true)',
  unverified_users: 'users where email_verified_at is null',
  administrators: "user_roles where role = 'admin'",
  clients: 'clients',
  blocked_clients: 'clients where disabled_at is not null',
  api_resources: 'api_resources',
  sessions: 'sessions where ended_at is null and user_id is not null and expires_at > $1',
  grants: 'grants where revoked_at is null and expires_at > $1',
  outbox: 'outbox',
} as const;

export type CountedName = keyof typeof counted;
// Object.keys loses the type of the keys of a constant.
export const countedNames = Object.keys(counted) as CountedName[];

const counts: Statement = {
  name: 'statistics',
  text: `select ${countedNames.map(countOf).join(',\n')}`,
};

function countOf(name: CountedName): string {
  return `(select count(*)::integer from (
    select from ${counted[name]} limit ${countLimit}) as rows) as ${name}`;
}

export type Statistics = Readonly<Record<CountedName, number>>;

export function createStatisticsStore(db: Database) {
  return {
    /** A number that equals `countLimit` means "at least". */
    async count(at: Date): Promise<Statistics> {
      const { rows } = await db.run<Record<CountedName, number>>(counts, [at]);
      const [row] = rows;
      if (!row) throw new TypeError('the statement returns one row');
      return row;
    },
  };
}

export type StatisticsStore = ReturnType<typeof createStatisticsStore>;
