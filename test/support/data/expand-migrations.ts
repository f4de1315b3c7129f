// The rules for a migration that runs while nodes of the previous release work: it only adds, and it
// neither rewrites nor scans a table that grows (docs/upgrades.md).
import type { Knex } from 'knex';
import type { Migration } from '#platform/database/migrations.ts';

/** Tables that grow with users and requests. */
const largeTables = [
  'users',
  'password_credentials',
  'sessions',
  'grants',
  'refresh_families',
  'code_redemptions',
  'consents',
  'audit_events',
  'outbox',
  'mail_proofs',
  'user_devices',
  'trusted_devices',
  'user_supplements',
];

interface Rule {
  readonly problem: string;
  readonly pattern: RegExp;
}

const large = `(?:${largeTables.join('|')})`;

const rules: readonly Rule[] = [
  { problem: 'drops a table', pattern: /\bdrop (?:table|view|schema|sequence|type)\b/ },
  { problem: 'drops a column', pattern: /\bdrop column\b/ },
  { problem: 'drops a function', pattern: /\bdrop function\b/ },
  { problem: 'renames', pattern: /\brename\b/ },
  {
    problem: 'changes the type of a column',
    pattern: /\balter (?:column )?\w+ (?:set data )?type\b/,
  },
  { problem: 'forbids null in an existing column', pattern: /\bset not null\b/ },
  { problem: 'deletes rows', pattern: /\b(?:truncate|delete from)\b/ },
  {
    problem: 'adds a column that must have a value, without a default',
    pattern: /\badd column [^,;]*\bnot null\b(?![^,;]*\bdefault\b)(?<!\bdefault\b[^,;]*)/,
  },
  { problem: 'rewrites all rows of a large table', pattern: new RegExp(`\\bupdate ${large}\\b`) },
  {
    problem: 'builds an index of a large table, without "if not exists"',
    pattern: new RegExp(`\\bcreate (?:unique )?index (?!if not exists)\\w+ on ${large}\\b`),
  },
];

/** Statements that would disturb nodes of the previous release. */
export async function findProblems({ up }: Pick<Migration, 'up'>): Promise<readonly string[]> {
  const text = await textOf(up);
  // Objects that the migration itself creates are not in use yet.
  const created = [...text.matchAll(/\bcreate table (?:if not exists )?(\w+)/g)].map(
    ([, name = '']) => name,
  );
  const statements = text.split(';').filter((statement) => !created.some(isAbout(statement)));
  return rules
    .filter(({ pattern }) => statements.some((statement) => pattern.test(statement)))
    .map(({ problem }) => problem);
}

function isAbout(statement: string): (table: string) => boolean {
  return (table) =>
    new RegExp(`\\b(?:create table (?:if not exists )?|alter table |on |into )${table}\\b`).test(
      statement,
    );
}

/** The statements in lower case, without comments and line breaks. */
async function textOf(up: Migration['up']): Promise<string> {
  const texts: string[] = [];
  const recorder = { raw: async (text: string) => void texts.push(text) };
  // Migrations are SQL: they use no other method, and one that did would fail here.
  await up(recorder as unknown as Knex);
  return texts
    .join(';')
    .toLowerCase()
    .replaceAll(/--[^\n]*/g, '')
    .replaceAll(/\s+/g, ' ');
}
