// Writes docs/data-model.md from the schema that the migrations create: `npm run docs:data-model`. A
// test compares the two.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modules } from '#server/modules.ts';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import type { Database } from '#platform/database/contract.ts';
import { createTestLog } from '#test/support/services/databases.ts';

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly required: boolean;
  /** The table that a foreign key refers to. */
  readonly refers: string | null;
}

const columnsQuery = `
  select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
         a.attnotnull as required, f.confrelid::regclass::text as refers
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
    left join pg_constraint f
      on f.conrelid = c.oid and f.contype = 'f' and f.conkey[1] = a.attnum
   where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
     and c.relname not like 'knex_%'
   order by c.relname, a.attnum`;

/** The models that clients and operators deal with, each with a description. */
const models = [
  ['User', 'users', 'A person with an account. `id` is `sub` in tokens.'],
  ['Client', 'clients', 'A registered client; `metadata` is as in RFC 7591.'],
  ['Session', 'sessions', 'A browser in which a user is signed in. `uid` is `sid` in ID tokens.'],
  ['Grant', 'grants', 'What a client may do for a user in one session, made from the consent.'],
  ['Refresh token family', 'refresh_families', 'A refresh token and its successors, in one row.'],
  ['Consent', 'consents', 'What a user has allowed a client, beyond one session.'],
] as const;

export async function describeDataModel(db: Pick<Database, 'knex'>): Promise<string> {
  const { rows } = await db.knex.raw<{ rows: Column[] }>(columnsQuery);
  const byTable = Map.groupBy(rows, ({ table }) => table);
  const shown = new Set<string>(models.map(([, table]) => table));
  const others = [...byTable.keys()].filter((table) => !shown.has(table));
  const owner = new Map(modules.flatMap((it) => it.tables.map(({ table }) => [table, it.name])));
  return `# Data model

The tables in PostgreSQL and how they refer to each other. Written by \`npm run docs:data-model\` from the schema that the migrations
create; a test compares the two. What must outlast a restart is here; [Redis](production.md#redis) holds what expires within hours.
Secrets are stored as hashes, seeds and private keys encrypted.

\`\`\`mermaid
${diagram(rows)}
\`\`\`
${models.map(([name, table, words]) => section(`${name}: \`${table}\``, words, byTable.get(table) ?? [])).join('')}
## All other tables

| table | capability | columns |
| ----- | ---------- | ------- |
${others.map((table) => row(table, owner.get(table) ?? '', byTable.get(table) ?? [])).join('\n')}
`;
}

function section(heading: string, words: string, columns: readonly Column[]): string {
  const lines = columns.map(
    ({ column, type, required, refers }) =>
      `| \`${column}\` | ${type} | ${required ? 'yes' : ''} | ${refers ? `\`${refers}\`` : ''} |`,
  );
  return `
## ${heading}

${words}

| column | type | required | refers to |
| ------ | ---- | -------- | --------- |
${lines.join('\n')}
`;
}

function row(table: string, capability: string, columns: readonly Column[]): string {
  return `| \`${table}\` | ${capability} | ${columns.map(({ column }) => `\`${column}\``).join(' ')} |`;
}

/**
 * The models and the credentials of users, with foreign keys as solid lines and references without a foreign
 * key as dotted ones.
 */
function diagram(columns: readonly Column[]): string {
  const drawn = new Set<string>([...models.map(([, table]) => table), ...credentials]);
  const lines = columns
    .filter(({ table }) => drawn.has(table))
    .flatMap(({ table, column, refers }) => {
      const parent = refers ?? referred[column];
      if (parent === undefined || parent === table) return [];
      return [`  ${parent} ${refers === null ? '||..o{' : '||--o{'} ${table} : ${column}`];
    });
  return ['erDiagram', '  direction LR', ...lines].join('\n');
}

const credentials = ['password_credentials', 'passkeys', 'totp_credentials', 'identities'];

/** Columns without a foreign key, so that the tables can be partitioned and purged by themselves. */
const referred: Readonly<Record<string, string>> = {
  user_id: 'users',
  client_id: 'clients',
  grant_id: 'grants',
  session_uid: 'sessions',
};

async function write(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-data-model-'));
  const db = await openEmbedded({ directory, log: createTestLog() });
  try {
    await db.migrate();
    const file = join(import.meta.dirname, '../../../docs/data-model.md');
    await writeFile(file, await describeDataModel(db));
  } finally {
    await db.close();
    await rm(directory, { recursive: true, force: true });
  }
}

if (import.meta.main) await write();
