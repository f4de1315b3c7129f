// A database with this number of users, each with a session, a grant and a refresh token family. The
// rows are made by the database itself (seed/rows.ts), so that ten million of them are possible.
import { Client } from 'pg';
import type { Environment } from '#config/config.ts';
import { withProductServices } from '#bench/product-services.ts';
import type { Services } from '#server/composition.ts';
import { administer } from '#test/support/services/databases.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { fillTable, seededAdmin } from '#bench/seed/fill.ts';
import { fillings } from '#bench/seed/rows.ts';

/** They have about one row for each user. */
const tablesPerUser = [
  'users',
  'password_credentials',
  'sessions',
  'grants',
  'refresh_families',
  'consents',
];

/** The rows refer to rows that exist or will exist, so PostgreSQL need not look for each of them. */
const unguarded = '-c session_replication_role=replica -c synchronous_commit=off';

/** Bytes with indexes by table, and of the whole database. */
export interface DatabaseSizes {
  readonly total: number;
  readonly tables: Readonly<Record<string, number>>;
}

export interface Grown {
  /** Users from all parts of the table, who can sign in. */
  readonly people: readonly Person[];
  readonly sizes: DatabaseSizes;
}

export interface GrowthOptions {
  readonly users: number;
  /** How many users are returned. */
  readonly sample: number;
}

/** @param settings of the server that uses the database */
export async function growDatabase(
  settings: Environment & { readonly DATABASE_URL: string },
  { users, sample }: GrowthOptions,
): Promise<Grown> {
  return withProductServices(settings, async (services) => {
    await fill(services, settings.DATABASE_URL, users);
    // Without the statement timeout of the application: it takes minutes for millions of rows.
    await administer(settings.DATABASE_URL, 'vacuum analyze');
    // Otherwise PostgreSQL would write these rows to the data files during the measurement.
    await administer(settings.DATABASE_URL, 'checkpoint');
    return { people: await chooseUsers(services, users, sample), sizes: await measure(services) };
  });
}

/** Without an audit log, which the server would begin to seal. Two tables are filled at a time. */
async function fill({ hasher }: Services, url: string, users: number): Promise<void> {
  const passwordHash = await hasher.hash(seededAdmin.password);
  const sizes = { users, sessions: users, auditEvents: 1 };
  const waiting = fillings(sizes, { passwordHash, personal: [], digests: [] }).filter(
    ({ table }) => table !== 'audit_events',
  );
  async function fillWaiting(): Promise<void> {
    const client = new Client({ connectionString: url, options: unguarded });
    await client.connect();
    try {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await fillTable((text, values) => client.query(text, values), next);
      }
    } finally {
      await client.end();
    }
  }
  await Promise.all([fillWaiting(), fillWaiting()]);
}

async function chooseUsers(
  { db }: Services,
  users: number,
  sample: number,
): Promise<readonly Person[]> {
  const { rows } = await db.run<{ id: string; email: string }>(
    {
      name: '',
      text: `
        select u.id, u.email
          from generate_series(1::bigint, $1::bigint, greatest($1::bigint / ($2::bigint * 2), 1)) n
          join users u on u.id = md5('user ' || n)::uuid
         where u.blocked_at is null and u.email_verified_at is not null
         order by u.id
         limit $2::bigint`,
    },
    [users, sample],
  );
  if (rows.length < sample) throw new Error(`${users} users are too few for this measurement.`);
  return rows.map((row) => ({ ...row, password: seededAdmin.password }));
}

async function measure({ db }: Services): Promise<DatabaseSizes> {
  const tables = await db.run<{ table: string; bytes: string }>(
    {
      name: '',
      text: `
        select relname as table, pg_total_relation_size(oid) as bytes
          from pg_class
         where oid = any ($1::regclass[])
         order by 2 desc`,
    },
    [tablesPerUser],
  );
  const whole = await db.run<{ bytes: string }>(
    { name: '', text: 'select pg_database_size(current_database()) as bytes' },
    [],
  );
  return {
    total: Number(whole.rows[0]?.bytes),
    tables: Object.fromEntries(tables.rows.map(({ table, bytes }) => [table, Number(bytes)])),
  };
}
