// Changes by a command take effect on running servers: at once if the server runs the command,
// otherwise within a second.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createPasswordHasher } from '#platform/crypto/password-hashing.ts';
import { connectPostgres } from '#platform/database/postgres.ts';
import { createUserStore } from '#core/users/users.store.ts';
import { createDataDirectory, createTestLog } from '#test/support/services/databases.ts';
import {
  closeInReverse,
  createServerDatabase,
  openShell,
  startServer,
  type Settings,
} from '#test/support/cli/shell.ts';

const app = {
  client_id: 'batch-job',
  client_secret: 'k'.repeat(31) + 'Q',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
};
const register = ['client', 'create', '--metadata', '-'];

describe('a client registered by command', () => {
  it('is known at once to the server that runs the command', async (t) => {
    const port = '4330';
    const shell = await startBoth(t, { PORT: port });
    assert.equal(await requestToken(port), 401);

    await shell.done(register, JSON.stringify(app));

    assert.equal(await requestToken(port), 200);
  });

  it('is known within a second to servers on the same PostgreSQL', async (t) => {
    const port = '4331';
    const shell = await startBoth(t, { PORT: port, DATABASE_URL: await createServerDatabase(t) });
    assert.equal(await requestToken(port), 401);

    await shell.done(register, JSON.stringify(app));

    const startedAt = performance.now();
    while ((await requestToken(port)) !== 200) {
      assert.ok(performance.now() - startedAt < 3000, 'the client is still unknown');
    }
  });
});

describe('a server reachable from other hosts, without NODE_ENV and SMTP_URL', () => {
  it('does not start and reports the settings to add', async (t) => {
    for (const settings of [{ ISSUER: 'https://id.example' }, { HOST: '0.0.0.0', PORT: '0' }]) {
      const works = closeInReverse(t);
      const DATA_DIRECTORY = await createDataDirectory(works);

      const start = startServer(works, { ...settings, DATA_DIRECTORY });

      await assert.rejects(start, /The server ended: [^]*NODE_ENV or SMTP_URL must be set/);
    }
  });
});

describe('a password from standard input', () => {
  it('is the whole line without its newline', async (t) => {
    const url = await createServerDatabase(t);
    const shell = await openShell(t, { DATABASE_URL: url });
    const create = ['user', 'create', '--email', 'ann@example.org', '--password-stdin'];

    const empty = await shell.run(create, '\n');
    const twoLines = await shell.run(create, 'seven grey herons\nat noon\n');
    await shell.done(create, ' sieben graue Reiher \u{1f426} \r\n');

    assert.match(empty.err, /no password/);
    assert.match(twoLines.err, /one line/);
    const db = await connectPostgres({ url, log: createTestLog(), poolSize: 1 });
    const facts = await createUserStore(db).findForSignIn('ann@example.org');
    await db.close();
    const hasher = createPasswordHasher({
      memoryKib: 64,
      iterations: 1,
      parallelism: 1,
      queueLimit: 1,
    });
    const verified = await hasher.verify(facts?.passwordHash, ' sieben graue Reiher \u{1f426} ');
    assert.equal(verified.ok, true);
  });
});

async function startBoth(t: TestContext, settings: Settings) {
  const closing = closeInReverse(t);
  const all = { DATA_DIRECTORY: await createDataDirectory(closing), ...settings };
  await startServer(closing, all);
  return openShell(closing, all);
}

async function requestToken(port: string): Promise<number> {
  const response = await fetch(`http://localhost:${port}/oauth2/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${app.client_id}:${app.client_secret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  await response.text();
  return response.status;
}
