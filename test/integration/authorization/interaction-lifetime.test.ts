// How long Redis keeps an interaction: anonymous requests can create any number of them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startTestApp } from '#test/support/app.ts';
import { openInspector } from '#test/support/services/redis.ts';
import { redisUrl } from '#test/support/services/databases.ts';

const minute = 60;

it('Redis keeps an interaction 20 minutes before sign-in and 75 minutes after it', async (t) => {
  const REDIS_URL = redisUrl();
  const app = await startTestApp(t, { arrangement: 'postgres, redis', settings: { REDIS_URL } });
  const { client, prefix } = openInspector(t, REDIS_URL);
  const rp = await app.relyingParty();
  const { url } = await rp.request();

  /** The longest remaining lifetime of an interaction, in seconds (Redis TTL). */
  async function maxLifetimeSeconds(): Promise<number> {
    const keys = await client.keys(`*${prefix}*`);
    const interactions = keys.filter((key) => /interaction/i.test(key));
    const lives = await Promise.all(interactions.map((key) => client.ttl(key)));
    return Math.max(...lives);
  }

  const browser = app.browser();
  const page = await browser.open(url);
  const anonymous = await maxLifetimeSeconds();
  const person = await app.createUser();
  const next = await page.press('sign-in', { login: person.email, password: person.password });
  const signedIn = await maxLifetimeSeconds();

  assert.ok(anonymous > 15 * minute && anonymous <= 20 * minute, `${anonymous} s`);
  assert.ok(next.has('allow'), next.text);
  assert.ok(signedIn > 60 * minute && signedIn <= 75 * minute, `${signedIn} s`);
});
