// The SQL of docs/production.md for separate database users: the owner migrates, and the server works
// without any right on the schema.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import { fillDatabase } from '#bench/seed/fill.ts';
import { cheapSettings, settable, startTestApp } from '#test/support/app.ts';
import { closeInReverse, openShell } from '#test/support/cli/shell.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { readSection } from '#test/support/docs/printed-commands.ts';
import { addressOf, administer, redisUrl, type CleanUp } from '#test/support/services/databases.ts';

const by = { kind: 'operator' } as const;

interface Users {
  readonly owner: string;
  readonly server: string;
}

/** Runs the SQL of the document with unique names, and migrates as the owner. */
async function setUp(t: CleanUp): Promise<Users> {
  const works = closeInReverse(t);
  const unique = randomBytes(5).toString('hex');
  const root = process.env['TEST_DATABASE_URL'] ?? '';
  const name = `ostiary_${unique}`;
  const adapt = (sql: string) =>
    sql
      .replaceAll(/ostiary_(owner|server)\b/g, `$1_${unique}`)
      .replaceAll(/database ostiary\b/g, `database ${name}`);
  const blocks = await readSection('docs/production.md', 'PostgreSQL');
  const [roles = '', grants = '', revocations = ''] = blocks
    .filter(({ language }) => language === 'sql')
    .map(({ code }) => adapt(code));
  works.after(() => administer(root, `drop role owner_${unique}, server_${unique}`));
  works.after(() => administer(root, `drop database if exists ${name} with (force)`));
  for (const statement of roles.split(';').filter((each) => each.trim() !== '')) {
    await administer(root, statement);
  }
  const owner = urlOf(addressOf(root, name), `owner_${unique}`, 'first-password');
  const server = urlOf(addressOf(root, name), `server_${unique}`, 'second-password');
  await runAs(owner, grants);
  const shell = await openShell(works, { ...keys, DATABASE_URL: owner });
  await shell.done(['migrate']);
  await runAs(owner, revocations);
  return { owner, server };
}

const keys = {
  ENCRYPTION_KEYS: cheapSettings['ENCRYPTION_KEYS'] ?? '',
  COOKIE_KEYS: cheapSettings['COOKIE_KEYS'] ?? '',
};

function urlOf(url: string, user: string, password: string): string {
  return settable(url).replace(/\/\/[^@/]*@/, `//${user}:${password}@`);
}

async function runAs(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

describe('a server whose database user may not change the schema', () => {
  it('signs users in, revokes, cleans up and deletes accounts', async (t) => {
    const { server } = await setUp(t);
    const settings = { DATABASE_URL: server, REDIS_URL: redisUrl() };
    const app = await startTestApp(t, { settings });
    const { services } = app;
    await services.clusterSettings.join();
    await fillDatabase(services, { users: 40, sessions: 20, auditEvents: 200 }, () => undefined);

    const rp = await app.relyingParty();
    const person = await app.createUser();
    const login = await rp.login(person, offline);
    const tokens = await rp.refresh(login.refreshToken);
    assert.equal(await rp.isActive(tokens.accessToken), true);
    await app.block(person.id);
    assert.equal(await rp.isActive(tokens.accessToken), false);
    const gone = await app.createUser();
    await rp.login(gone, offline);
    const deletion = ['user', 'delete', gone.email, '--yes'];
    await createCommandRunner(services).done(deletion);
    await services.cleanupJob.run();
    await services.auditChain.seal();
    await services.restoration.finish(by);
    assert.deepEqual((await services.auditVerification.verify()).faults, []);
  });

  it('can neither change the schema nor delete from the audit log', async (t) => {
    const { server } = await setUp(t);

    for (const statement of [
      'create table more (id integer)',
      'alter table users add column more text',
      'drop table audit_events',
      'truncate audit_events',
      'delete from audit_events',
      'delete from audit_heads',
      'update knex_migrations set name = name',
    ]) {
      await assert.rejects(runAs(server, statement), /permission denied|must be owner/, statement);
    }
  });

  it('is told which migrations are pending, and can use the owner for them', async (t) => {
    const works = closeInReverse(t);
    const { owner, server } = await setUp(works);
    await runAs(
      owner,
      `delete from knex_migrations where name = '0029-audit-events-by-name'; drop index audit_events_event`,
    );
    const shell = await openShell(works, { ...keys, DATABASE_URL: server });
    const both = { ...keys, DATABASE_URL: server, MIGRATION_DATABASE_URL: owner };

    const refused = await shell.run(['user', 'list']);
    const migrated = await (await openShell(works, both)).run(['migrate']);
    const again = await shell.run(['user', 'list']);

    assert.equal(refused.exitCode, 4);
    assert.match(refused.err, /pending \(0029-audit-events-by-name\).*"ostiary migrate"/);
    assert.equal(migrated.exitCode, 0, migrated.err);
    assert.equal(again.exitCode, 0, again.err);
    const checked = await (await openShell(works, both)).run(['doctor']);
    assert.match(checked.out, /database user: server_\w+ cannot change the schema/);
  });
});
