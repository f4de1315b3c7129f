// While a store is away, authorization requests have the same response with and without the fast path, and do
// not wait longer with it (docs/decisions/0065).
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { settable, shareInSuite, startTestApp } from '#test/support/app.ts';
import { usualDraft, write } from '#test/support/fast-path/authorizations/drafts.ts';
import {
  codeOf,
  comparableNavigation,
} from '#test/support/fast-path/authorizations/navigations.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';
import { crowding, timed, until } from '#test/support/faults/fault-suite.ts';
import { openNetworkProxy } from '#test/support/faults/network-proxy.ts';
import { createDatabase } from '#test/support/services/databases.ts';
import { startDedicatedRedis } from '#test/support/services/dedicated-redis.ts';

/** Tolerated difference between two equal requests. A second wait for PostgreSQL takes more than a second. */
const toleranceMilliseconds = 200;
/** Additional tolerance for each process that competes for a processor. */
const crowdedMilliseconds = 30;

describe('authorizations without a store', () => {
  const stage = shareInSuite(async (works) => {
    const database = new URL(settable(await createDatabase(works)));
    const redis = await startDedicatedRedis(works);
    const { hostname, port, searchParams } = database;
    const directory = searchParams.get('host');
    const postgres = await openNetworkProxy(works, () =>
      directory === null
        ? connect(Number(port || 5432), hostname)
        : connect(join(directory, `.s.PGSQL.${port || 5432}`)),
    );
    const through = new URL(database);
    through.hostname = '127.0.0.1';
    through.port = String(postgres.port);
    through.searchParams.delete('host');
    const settings = { DATABASE_URL: through.href, REDIS_URL: redis.url };
    const app = await startTestApp(works, { settings });
    const ways = await openTwoWays(works, app);
    const rp = await app.relyingParty({ auth: 'client_secret_basic', first_party: true });
    const { browser } = await rp.authorize(await app.createUser(), { scope: 'openid email' });
    const url = new URL(rp.as.authorization_endpoint ?? '');
    const client = { ...rp.app, clientSecret: '', privateKey: undefined };
    const request = write(usualDraft(client, browser.cookies.header(url)));
    const direct = () => ways.count('authorization', 'direct');
    const isGood = async () => {
      const known = direct();
      await ways.send('fast', request);
      return direct() > known;
    };
    return { app, ways, postgres, redis, request, direct, isGood };
  });

  // A test that fails must not affect the others.
  afterEach(async () => {
    const { postgres, redis } = stage();
    postgres.heal();
    redis.thaw();
    await redis.start();
  });

  /** Sends the request both ways, and asserts that the fast path does not wait twice. */
  async function compare(name: string) {
    const { ways, request } = stage();
    const [engine, fast] = [
      await timed(() => ways.send('engine', request)),
      await timed(() => ways.send('fast', request)),
    ];
    const { times: _fast, ...ofFast } = comparableNavigation(fast.result);
    const { times: _engine, ...ofEngine } = comparableNavigation(engine.result);
    assert.deepEqual(ofFast, ofEngine, name);
    const tolerance = toleranceMilliseconds + crowdedMilliseconds * crowding();
    const limit = 1.2 * engine.milliseconds + tolerance;
    const waits = `${fast.milliseconds.toFixed()} and ${engine.milliseconds.toFixed()} ms`;
    assert.ok(fast.milliseconds <= limit, `${name}: ${waits}`);
    return fast.result;
  }

  for (const [state, stop] of [
    ['gone', 'cut'],
    ['frozen', 'freeze'],
  ] as const) {
    it(`refuses an authorization request in time while PostgreSQL is ${state}`, async () => {
      const { postgres, isGood, direct } = stage();
      await until('answered directly', isGood);
      postgres[stop]();
      const known = direct();
      assert.equal((await compare(`PostgreSQL ${state}`)).status, 503);
      assert.equal(direct(), known);
      postgres.heal();
      await until('answered directly again', isGood);
    });
  }

  for (const [state, stop, start] of [
    ['down', 'kill', 'start'],
    ['frozen', 'freeze', 'thaw'],
  ] as const) {
    it(`answers or refuses an authorization request in time while Redis is ${state}`, async () => {
      const { redis, isGood } = stage();
      await until('answered directly', isGood);
      await redis[stop]();
      for (const turn of [1, 2]) await compare(`Redis ${state}, ${turn}`);
      await redis[start]();
      await until('answered directly again', isGood);
      assert.notEqual(codeOf(await compare('Redis is back')), '');
    });
  }
});
