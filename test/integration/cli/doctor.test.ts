// doctor and config check: findings, advice, and no changes.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { connectPostgres } from '#platform/database/postgres.ts';
import { createDataDirectory, createTestLog, redisUrl } from '#test/support/services/databases.ts';
import {
  closeInReverse,
  createEmptyDirectory,
  createServerDatabase,
  openShell,
  startServer,
  type Settings,
} from '#test/support/cli/shell.ts';

const port = '4333';

describe('doctor', () => {
  it('reports no problem on a running server', async (t) => {
    const closing = closeInReverse(t);
    const settings = { DATA_DIRECTORY: await createDataDirectory(closing), PORT: port };
    await startServer(closing, settings);

    const { exitCode, out } = await (await openShell(closing, settings)).run(['doctor']);

    assert.match(out, /^ok {4}database: .* in use by the running server.*\nok {4}version: /m);
    assert.match(out, /^ok {4}server: The server at http:\/\/localhost:4333 is ready/m);
    assert.match(out, /^ok {4}discovery: /m);
    assert.match(out, /\n\nAll checks passed\.\n$/);
    assert.equal(exitCode, 0);
  });

  it('reports a server whose issuer differs from the settings', async (t) => {
    const closing = closeInReverse(t);
    const settings = { DATA_DIRECTORY: await createDataDirectory(closing), PORT: port };
    await startServer(closing, { ...settings, ISSUER: `http://localhost:${port}/id` });

    const { states, exitCode } = await examine(t, settings);

    assert.equal(states['discovery'], 'fail');
    assert.equal(exitCode, 1);
  });

  it('does not create the data directory', async (t) => {
    const directory = join(await createEmptyDirectory(t), 'data');

    const { states, exitCode } = await examine(t, { DATA_DIRECTORY: directory, PORT: '9' });

    assert.equal(states['database'], 'ok');
    assert.equal(states['server'], 'warn');
    assert.equal(exitCode, 0);
    await assert.rejects(readdir(directory), { code: 'ENOENT' });
  });

  it('checks PostgreSQL and Redis, and reports pending migrations', async (t) => {
    const DATABASE_URL = await createServerDatabase(t, { migrated: false });
    const settings = { DATABASE_URL, REDIS_URL: redisUrl(), PORT: '9' };

    const { states, found, exitCode } = await examine(t, settings);

    assert.equal(states['database'], 'ok');
    assert.equal(states['tables'], 'warn');
    assert.match(found, /ostiary migrate/);
    assert.equal(states['clock'], 'ok');
    assert.equal(states['redis'], 'ok');
    assert.equal(states['redis memory'], 'ok');
    // The Redis of the tests has no persistence.
    assert.equal(states['redis persistence'], 'warn');
    assert.equal(exitCode, 0);
    assert.equal(await hasTables(DATABASE_URL), false);
  });

  it('reports that the signing keys are encrypted with other keys', async (t) => {
    const settings = { DATA_DIRECTORY: await createDataDirectory(t), PORT: '9' };
    await makeSigningKeys(t, settings);

    const own = await examine(t, settings);
    const other = await examine(t, { ...settings, ENCRYPTION_KEYS: `other:${randomKey()}` });
    await rm(join(settings.DATA_DIRECTORY, 'keys.json'));
    const none = await examine(t, settings);

    assert.equal(own.states['signing keys'], 'ok');
    assert.equal(other.states['signing keys'], 'fail');
    assert.match(other.found, /ENCRYPTION_KEYS has no key named/);
    const checks = ['encryption keys', 'age of signing keys'];
    assert.ok(checks.every((name) => own.states[name] === 'ok'));
    assert.match(other.found, /ENCRYPTION_KEYS lacks \S+, needed for 5 encrypted rows\./);
    assert.equal(none.states['signing keys'], 'fail');
    assert.match(none.found, /keys\.json/);
  });

  it('warns about clients that violate their profiles, by their ids', async (t) => {
    const settings = { DATA_DIRECTORY: await createDataDirectory(t), PORT: '9' };
    await makeSigningKeys(t, settings);
    const good = await examine(t, settings);
    const metadata =
      '{"client_id":"legacy","redirect_uris":["https://a.example/"],"require_pkce":"off"}';
    const shell = await openShell(t, settings);
    const basic = metadata.replace('legacy', 'basic').replace('{', '{"profile":"oidc-basic",');
    for (const each of [metadata, basic])
      await shell.done(['client', 'create', '--metadata', '-'], each);

    const { states, found, exitCode } = await examine(t, settings);

    assert.equal(good.states['clients'], 'ok');
    assert.equal(states['clients'], 'warn');
    assert.match(found, /: basic \(require_pkce\), legacy \(require_pkce\)\.[^]*client check/);
    assert.equal(exitCode, 0);
  });

  it('fails without revealing passwords if no server responds', async (t) => {
    const DATABASE_URL = 'postgres://ann:sesame-1@127.0.0.1:9/db';
    const REDIS_URL = 'redis://:sesame-2@127.0.0.1:9';

    const { states, found, exitCode } = await examine(t, { DATABASE_URL, REDIS_URL, PORT: '9' });

    assert.equal(states['database'], 'fail');
    assert.equal(states['redis'], 'fail');
    assert.match(found, /ECONNREFUSED/);
    assert.doesNotMatch(found, /sesame/);
    assert.equal(exitCode, 1);
  });
});

describe('config check', () => {
  it('reports every error at once, as does every other command', async (t) => {
    const shell = await openShell(t, { PORT: 'x', ISSUER: 'ftp://id.example' });

    const checked = await shell.run(['config', 'check', '--json']);
    const other = await shell.run(['keys', 'list']);

    const faults = checked.json()['faults'];
    assert.ok(Array.isArray(faults));
    assert.deepEqual(
      faults.map((fault: string) => fault.split(' ')[0]),
      ['PORT', 'ISSUER'],
    );
    assert.match(other.err, /- PORT .*\n- ISSUER /);
    assert.deepEqual([checked.exitCode, other.exitCode], [1, 1]);
  });

  it('reports invalid SUPPLEMENTS as server start-up does', async (t) => {
    const schema = { type: 'object', foo: 1 };
    const declared = [{ namespace: 'shipping', title: 'Shipping', schema, person: 'maybe' }];
    const shell = await openShell(t, { SUPPLEMENTS: JSON.stringify(declared) });

    const checked = await shell.run(['config', 'check', '--json']);
    const other = await shell.run(['keys', 'list']);

    assert.match(String(checked.json()['faults']), /none, read or write.*unknown keyword: "foo"/);
    assert.match(other.err, /SUPPLEMENTS is invalid/);
    assert.deepEqual([checked.exitCode, other.exitCode], [1, 1]);
  });

  it('reports invalid files and colors of BRANDING, which other commands do not read', async (t) => {
    const brand = { logo: '/nowhere/logo.svg', accent: '#ffcc00' };
    const shell = await openShell(t, { BRANDING: JSON.stringify(brand) });

    const checked = await shell.run(['config', 'check', '--json']);
    const other = await shell.run(['keys', 'list']);

    const { faults } = checked.json();
    assert.ok(Array.isArray(faults));
    assert.match(String(faults[0]), /^BRANDING: logo\.light cannot be read from "\/nowhere\/logo/);
    assert.match(String(faults[1]), /^BRANDING: accent\.light #ffcc00 .* would do\.$/);
    assert.deepEqual([checked.exitCode, other.exitCode], [1, 0]);
  });

  it('reports the settings to add if captured mail would be visible to others', async (t) => {
    const shell = await openShell(t, { ISSUER: 'https://id.example' });

    const { out, exitCode } = await shell.run(['config', 'check']);

    assert.match(
      out,
      /NODE_ENV or SMTP_URL must be set, because ISSUER \("https:\/\/id\.example"\)/,
    );
    assert.equal(exitCode, 1);
  });

  it('reports every unsupported pattern of SUPPLEMENTS', async (t) => {
    const text = (pattern: string) => ({ type: 'string', pattern });
    const properties = { a: text('(?=a)b'), b: text('(a)\\1'), c: text('^[a-z]+$') };
    const schema = { type: 'object', properties };
    const shell = await openShell(t, {
      SUPPLEMENTS: JSON.stringify([{ namespace: 'shipping', title: 'Shipping', schema }]),
    });

    const { out, exitCode } = await shell.run(['config', 'check']);

    assert.match(out, /"shipping" has a pattern that cannot be used, "\(\?=a\)b": lookahead/);
    assert.match(out, /"shipping" has a pattern that cannot be used, "\(a\).*": backreferences/);
    assert.doesNotMatch(out, /\[a-z\]/);
    assert.equal(exitCode, 1);
  });

  it('shows the effective settings without secrets', async (t) => {
    const secret = randomKey();
    const shell = await openShell(t, {
      DATABASE_URL: 'postgres://ann:sesame-1@db.example:5433/ostiary?password=sesame-2',
      REDIS_URL: 'redis://:sesame-3@redis.example',
      ENCRYPTION_KEYS: `2026-01:${secret}`,
      COOKIE_KEYS: secret,
      PORT: '4000',
    });

    const { out } = await shell.done(['config', 'check']);

    assert.match(out, /^DATABASE_URL +postgres:\/\/db\.example:5433\/ostiary$/m);
    assert.match(out, /^REDIS_URL +redis:\/\/redis\.example$/m);
    assert.match(out, /^ENCRYPTION_KEYS +set: 2026-01$/m);
    assert.match(out, /^ISSUER +http:\/\/localhost:4000$/m);
    assert.doesNotMatch(out, /sesame/);
    assert.ok(!out.includes(secret));
  });
});

async function examine(t: TestContext, settings: Settings) {
  const shell = await openShell(t, settings);
  const ran = await shell.run(['doctor', '--json']);
  const { findings } = ran.json();
  assert.ok(Array.isArray(findings));
  const states: Record<string, string> = {};
  for (const { check, state } of findings as { check: string; state: string }[]) {
    states[check] = state; // as typed in cli/doctor/findings.ts
  }
  return { states, found: ran.out, exitCode: ran.exitCode };
}

/** Registering a client starts oidc-provider, which creates the signing keys. */
async function makeSigningKeys(t: TestContext, settings: Settings): Promise<void> {
  const shell = await openShell(t, settings);
  const metadata = '{"redirect_uris":["https://app.example/"]}';
  await shell.done(['client', 'create', '--metadata', '-'], metadata);
}

async function hasTables(url: string): Promise<boolean> {
  const db = await connectPostgres({ url, log: createTestLog(), poolSize: 1 });
  try {
    return await db.knex.schema.hasTable('knex_migrations');
  } finally {
    await db.close();
  }
}

function randomKey(): string {
  return randomBytes(32).toString('base64url');
}
