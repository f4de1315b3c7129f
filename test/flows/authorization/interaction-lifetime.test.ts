// How long Redis keeps a sign-in in progress: a stranger can begin one with each request.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startTestApp } from '#test/app.ts';
import { openInspector } from '#test/stage/redis.ts';
import { redisUrl } from '#test/stage/databases.ts';

const minute = 60;

it('keeps an authorization request of somebody who has not signed in for 20 minutes', async (t) => {
  const REDIS_URL = redisUrl();
  const app = await startTestApp(t, { arrangement: 'postgres, redis', settings: { REDIS_URL } });
  const { client, prefix } = openInspector(t, REDIS_URL);
  const rp = await app.relyingParty();
  const { url } = await rp.request();

  /** Seconds that the newest interaction has left, in Redis' own words. */
  async function longestLife(): Promise<number> {
    const keys = await client.keys(`*${prefix}*`);
    const interactions = keys.filter((key) => /interaction/i.test(key));
    const lives = await Promise.all(interactions.map((key) => client.ttl(key)));
    return Math.max(...lives);
  }

  const browser = app.browser();
  const page = await browser.open(url);
  const anonymous = await longestLife();
  const person = await app.aPerson();
  const next = await page.press('sign-in', { login: person.email, password: person.password });
  const signedIn = await longestLife();

  assert.ok(anonymous > 15 * minute && anonymous <= 20 * minute, `${anonymous} s`);
  assert.ok(next.has('allow'), next.text);
  assert.ok(signedIn > 60 * minute && signedIn <= 75 * minute, `${signedIn} s`);
});
