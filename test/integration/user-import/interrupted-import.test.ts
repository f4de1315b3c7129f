// An import that is killed or runs concurrently with another: every user of the file is imported
// once, with a password and an audit entry, and the same command resumes.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate as breathe } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import type { Database } from '#platform/database/postgres.ts';
import {
  closeInReverse,
  createEmptyDirectory,
  createServerDatabase,
  openShell,
  start,
} from '#test/support/cli/shell.ts';
import {
  administer,
  connectTo,
  createDataDirectory,
  createTestLog,
} from '#test/support/services/databases.ts';

const people = 20_000;

async function writePeople(directory: string): Promise<string> {
  const path = join(directory, 'people.jsonl');
  const password = { hash: `$2b$12$${'a'.repeat(53)}` };
  const lines = Array.from({ length: people }, (_, number) =>
    JSON.stringify({ email: `person.${number}@example.org`, password }),
  );
  await writeFile(path, lines.join('\n'));
  return path;
}

async function countIn(db: Database, table: string, where: object = {}): Promise<number> {
  const [row] = await db.knex(table).where(where).count({ count: '*' });
  return Number(row?.['count']);
}

async function assertEverybodyOnce(db: Database): Promise<void> {
  assert.equal(await countIn(db, 'users'), people);
  assert.equal(await countIn(db, 'password_credentials'), people);
  const entries = await db
    .knex('audit_events')
    .where({ event: 'user.registered' })
    .countDistinct({ count: 'user_id' });
  assert.equal(Number(entries[0]?.['count']), people);
  assert.equal(await countIn(db, 'audit_events', { event: 'user.registered' }), people);
}

/** Refuses new connections to the database and ends the existing ones. */
async function shutOut(url: string): Promise<void> {
  const server = process.env['TEST_DATABASE_URL'] ?? '';
  const name = nameOf(url);
  await administer(server, `alter database ${name} with allow_connections false`);
  const others = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`;
  await administer(server, others);
}

async function letIn(url: string): Promise<void> {
  const server = process.env['TEST_DATABASE_URL'] ?? '';
  await administer(server, `alter database ${nameOf(url)} with allow_connections true`);
}

function nameOf(url: string): string {
  return /test_[0-9a-f]+/.exec(url)?.[0] ?? '';
}

describe('a killed import', () => {
  for (const round of [1, 2]) {
    it(`resumes where it stopped (PostgreSQL, moment ${round})`, async (t) => {
      const closing = closeInReverse(t);
      const directory = await createEmptyDirectory(closing);
      const path = await writePeople(directory);
      const url = await createServerDatabase(closing);
      const settings = { DATA_DIRECTORY: directory, DATABASE_URL: url };
      const db = await connectTo(closing, url);
      const moment = randomInt(1, people / 2);

      const child = start(['user', 'import', path], { directory, settings });
      while (child.exitCode === null && (await countIn(db, 'users')) < moment) await breathe();
      child.kill('SIGKILL');
      await once(child, 'close');
      const before = await countIn(db, 'users');
      const shell = await openShell(closing, settings, directory);
      const rest = (await shell.done(['user', 'import', path, '--json'])).json();

      assert.equal(child.signalCode, 'SIGKILL', `killed after ${moment}`);
      // What the database was still executing when its client died is committed as a whole or not
      // at all.
      const { imported, exists } = rest;
      assert.ok(Number(exists) >= before && Number(exists) < people);
      assert.equal(Number(imported) + Number(exists), people);
      await assertEverybodyOnce(db);
    });
  }

  it('resumes where it stopped (embedded)', async (t) => {
    const closing = closeInReverse(t);
    const directory = await createDataDirectory(closing);
    const path = await writePeople(directory);
    const settings = { DATA_DIRECTORY: directory };

    const child = start(['user', 'import', path], { directory, settings });
    await once(child.stderr, 'data'); // progress, after half of the file
    child.kill('SIGKILL');
    await once(child, 'close');
    const shell = await openShell(closing, settings, directory);
    const { imported, exists } = (await shell.done(['user', 'import', path, '--json'])).json();

    assert.equal(child.signalCode, 'SIGKILL');
    assert.ok(Number(exists) >= people / 2 - 500 && Number(exists) < people, String(exists));
    assert.equal(Number(imported) + Number(exists), people);
    const db = await openEmbedded({ directory, log: createTestLog() });
    closing.after(() => db.close());
    await assertEverybodyOnce(db);
  });
});

describe('an import that loses its database', () => {
  it('reports that the same command resumes, and exits with an error', async (t) => {
    const closing = closeInReverse(t);
    const directory = await createEmptyDirectory(closing);
    const path = await writePeople(directory);
    const lines = (await readFile(path, 'utf8')).split('\n');
    const url = await createServerDatabase(closing);
    const settings = { DATA_DIRECTORY: directory, DATABASE_URL: url };
    const db = await connectTo(closing, url);
    const child = start(['user', 'import', '-'], { directory, settings });
    const said = text(child.stderr);
    child.stdin.on('error', () => undefined); // The program stops reading after the failure.

    child.stdin.write(`${lines.slice(0, 1000).join('\n')}\n`);
    while (child.exitCode === null && (await countIn(db, 'users')) < 1000) await breathe();
    await shutOut(url);
    child.stdin.end(lines.slice(1000).join('\n'));
    await once(child, 'close');
    await letIn(url);
    const shell = await openShell(closing, settings, directory);
    const rest = (await shell.done(['user', 'import', path, '--json'])).json();

    assert.equal(child.exitCode, 1);
    assert.match(await said, /The import has stopped\. The same command goes on where it was\./);
    assert.deepEqual([rest['exists'], rest['imported']], [1000, people - 1000]);
    await assertEverybodyOnce(await connectTo(closing, url));
  });
});

describe('two concurrent imports of one file', () => {
  it('import every user once', async (t) => {
    const closing = closeInReverse(t);
    const directory = await createEmptyDirectory(closing);
    const path = await writePeople(directory);
    const url = await createServerDatabase(closing);
    const settings = { DATA_DIRECTORY: directory, DATABASE_URL: url };
    const shell = await openShell(closing, settings, directory);

    const both = await Promise.all(
      [1, 2].map(() => shell.done(['user', 'import', path, '--json'])),
    );

    const imported = both.map((ran) => Number(ran.json()['imported']));
    assert.equal((imported[0] ?? 0) + (imported[1] ?? 0), people);
    await assertEverybodyOnce(await connectTo(closing, url));
  });
});
