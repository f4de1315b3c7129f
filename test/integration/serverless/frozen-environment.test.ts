// A function that starts or is thawed: with invalid settings, and with connections that were closed
// meanwhile, by a restart of Redis or by the database.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { frozenMilliseconds } from '#server/serverless/wake-up.ts';
import { collectWorks } from '#test/support/app.ts';
import { administer } from '#test/support/services/databases.ts';
import { startDedicatedRedis, type OwnRedis } from '#test/support/services/dedicated-redis.ts';
import {
  buildArtifact,
  startEnvironment,
  type Artifact,
} from '#test/support/serverless/functions.ts';
import { startFunctions } from '#test/support/serverless/function-suite.ts';
import type { Functions } from '#test/support/serverless/function-suite.ts';

const works = collectWorks();
let parts: { artifact: Artifact; functions: Functions; redis: OwnRedis } | undefined;

function started() {
  if (!parts) throw new Error('the functions exist only while tests run');
  return parts;
}

describe('an execution environment', () => {
  before(async () => {
    const redis = await startDedicatedRedis(works);
    const artifact = await buildArtifact(works);
    const options = { settings: { REDIS_URL: redis.url } };
    parts = { redis, artifact, functions: await startFunctions(works, artifact, options) };
  });
  after(works.run);

  it('reconnects, when it is thawed, to a Redis that was restarted', async () => {
    const { functions, redis } = started();
    const { one } = functions;
    const rp = await functions.relyingParty({}, one.through('http-api'));
    one.freeze();
    await redis.kill();
    await redis.start();
    // A shorter gap between two requests is no sign of a frozen process.
    await pause(2 * frozenMilliseconds);
    one.thaw();

    const tokens = await rp.login(await functions.createUser());
    assert.notEqual(tokens.accessToken, '');
  });

  it('replaces, when it is thawed, connections that the database has closed', async () => {
    const { functions } = started();
    const { one } = functions;
    const rp = await functions.relyingParty({}, one.through('http-api'));
    one.freeze();
    const others = 'pid <> pg_backend_pid() and datname = current_database()';
    await administer(
      functions.databaseUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity where ${others}`,
    );
    one.thaw();

    const tokens = await rp.login(await functions.createUser());
    assert.notEqual(tokens.accessToken, '');
  });

  it('is refused in production if its settings are invalid, with every error', async (t) => {
    const settings = { NODE_ENV: 'production', ISSUER: 'http://id.example.com' };
    const start = startEnvironment(t, started().artifact, settings);
    await assert.rejects(start, (error: Error) => {
      const names = ['ISSUER', 'DATABASE_URL', 'REDIS_URL', 'ENCRYPTION_KEYS', 'COOKIE_KEYS'];
      for (const name of names) assert.match(error.message, new RegExp(`- ${name} `));
      return true;
    });
  });
});
