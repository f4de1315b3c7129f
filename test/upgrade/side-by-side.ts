// An upgrade under load: a node of the previous release serves while this release migrates the
// database and starts beside it. Both work on the new schema, so the upgrade can also be undone.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import { connectPostgres } from '#platform/database/postgres.ts';
import type { Environment } from '#config/config.ts';
import { cheapSettings, settable } from '#test/support/app.ts';
import { createRelyingParty, type AppIdentity } from '#test/support/actors/relying-party.ts';
import type { Person, RelyingParty } from '#test/support/actors/relying-party.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';
import { createNode } from '#test/support/faults/nodes.ts';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import {
  createDatabase,
  createDirectory,
  createTestLog,
  redisUrl,
} from '#test/support/services/databases.ts';
import { layOutPreviousRelease, previousRelease } from './previous-release.ts';

const issuer = 'https://id.localhost';
/** Time until another node knows a revocation. */
const noticedWithinMilliseconds = 1000;
/** A request that waits longer would time out at a proxy or a user. */
const maxMilliseconds = 3000;

it('the previous release and this one serve the same database side by side', async (t) => {
  const previousCode = await layOutPreviousRelease(t);
  const DATABASE_URL = settable(await createDatabase(t, { migrated: false }));
  const environment: Environment = {
    ...cheapSettings,
    ISSUER: issuer,
    DATABASE_URL,
    REDIS_URL: redisUrl(),
    DATA_DIRECTORY: await createDirectory(t),
  };
  const [firstPort = 0, secondPort = 0] = await findFreePorts(2);
  const former = createNode(t, firstPort, environment, previousCode);
  await former.start();
  const formerCommands = commandsOf(previousCode, environment);
  const commands = commandsOf(join(import.meta.dirname, '../..'), environment);
  const ann = await createUser(formerCommands);
  const bo = await createUser(formerCommands);
  const onFormer = await createRelyingParty({
    issuer,
    send: former.send,
    app: await createClient(formerCommands),
  });
  assert.equal(await newestMigration(DATABASE_URL), previousRelease.newestMigration);
  const before = await onFormer.login(ann, offline);
  const load = await keepBusy(t, onFormer, await createUser(formerCommands));

  await commands(['migrate']);
  const newest = await newestMigration(DATABASE_URL);
  const current = createNode(t, secondPort, environment);
  await current.start();
  const onCurrent = await onFormer.through(current.send);

  assert.ok(newest > previousRelease.newestMigration, 'there is no migration to try');
  // Tokens issued by either release are valid at the other.
  const { accessToken, refreshToken } = await onCurrent.refresh(before.refreshToken);
  assert.equal(await onFormer.isActive(accessToken), true);
  const again = await onFormer.refresh(refreshToken);
  assert.equal(await onCurrent.isActive(again.accessToken), true);
  for (const [rp, other] of [
    [onFormer, onCurrent],
    [onCurrent, onFormer],
  ] as const) {
    const login = await rp.login(bo, offline);
    assert.equal(await other.isActive(login.accessToken), true);
    assert.equal((await other.tryRefresh(login.refreshToken)).status, 200);
  }
  const created = await createUser(commands);
  const login = await onFormer.login(created, offline);
  await commands(['user', 'block', created.email, '--reason', 'a test']);
  await pause(noticedWithinMilliseconds);
  for (const rp of [onFormer, onCurrent]) {
    assert.equal(await rp.isActive(login.accessToken), false);
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  }

  // Back: the previous release restarts on the schema of this one.
  const served = await load.stop();
  await current.kill();
  await former.kill();
  await former.start();
  const returned = await onFormer.login(ann, offline);
  assert.equal((await onFormer.tryRefresh(returned.refreshToken)).status, 200);
  t.diagnostic(`${served.count} requests during the upgrade, slowest ${served.slowest} ms`);
});

type Commands = (args: readonly string[], stdin?: string) => Promise<unknown>;

/** Runs the command line of this code; returns its JSON document. */
function commandsOf(code: string, environment: Environment): Commands {
  return (args, stdin = '') =>
    new Promise((resolve, reject) => {
      const program = join(code, 'bin/ostiary.mjs');
      const { DATA_DIRECTORY: cwd } = environment;
      const env = { PATH: process.env['PATH'], ...environment };
      const child = execFile(
        process.execPath,
        [program, ...args, '--json'],
        { cwd, env },
        (error, out, err) => {
          if (error) reject(new Error(`${args.join(' ')}: ${err}`));
          else resolve(JSON.parse(out));
        },
      );
      child.stdin?.end(stdin);
    });
}

async function createUser(commands: Commands): Promise<Person> {
  const email = `ann.${crypto.randomUUID()}@example.com`;
  const password = 'seven grey herons at noon';
  const create = ['user', 'create', '--email', email, '--password-stdin', '--verified'];
  const made = Object(await commands(create, `${password}\n`));
  return { id: String(made.id), email, password };
}

async function createClient(commands: Commands): Promise<AppIdentity> {
  const redirectUri = 'https://rp.example/cb';
  const metadata = {
    client_name: 'Tasks',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  const create = ['client', 'create', '--metadata', '-'];
  const made = Object(await commands(create, JSON.stringify(metadata)));
  return { clientId: String(made.client_id), redirectUri, auth: oauth.None(), metadata: made };
}

async function newestMigration(url: string): Promise<string> {
  const db = await connectPostgres({ url, log: createTestLog(), poolSize: 1 });
  try {
    const rows: { name: string }[] = await db.knex('knex_migrations').select('name');
    return (
      rows
        .map(({ name }) => name)
        .toSorted()
        .at(-1) ?? ''
    );
  } finally {
    await db.close();
  }
}

/** Refreshes one request after another; `stop` throws any failure. */
async function keepBusy(t: TestContext, rp: RelyingParty, person: Person) {
  const over = new AbortController();
  t.after(() => over.abort());
  let { refreshToken } = await rp.login(person, offline);
  let [count, slowest] = [0, 0];
  const work = (async () => {
    while (!over.signal.aborted) {
      const begun = performance.now();
      const answer = await rp.tryRefresh(refreshToken);
      slowest = Math.max(slowest, Math.round(performance.now() - begun));
      assert.equal(answer.status, 200, answer.text);
      refreshToken = String(answer.body['refresh_token']);
      count += 1;
    }
  })();
  work.catch(() => undefined);
  return {
    async stop() {
      over.abort();
      await work;
      assert.ok(slowest < maxMilliseconds, `a request took ${slowest} ms`);
      return { count, slowest };
    },
  };
}
