// The rate limit counts authorization requests, and refuses them, in the same way with and without the fast path.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { rateLimits, type RateLimit } from '#http/rate-limit/rate-limits.ts';
import { describeApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { omit, set, usualDraft, write } from '#test/support/fast-path/authorizations/drafts.ts';
import {
  compareNavigations,
  destinationOf,
} from '#test/support/fast-path/authorizations/navigations.ts';
import { openTwoWays, type Way } from '#test/support/fast-path/two-ways.ts';

const authorization: RateLimit = rateLimits.authorization;
/** Replaces the limit of production. */
const limit = 6;
const windowSeconds = 60;

describeApp('limited authorizations', { settings: { RATE_LIMITS: 'on' } }, (app) => {
  async function prepare(t: TestContext) {
    const clock = holdClock(t);
    const client = await app().createClient({ first_party: true });
    const rp = await app().relyingPartyOf(client);
    const { browser } = await rp.authorize(await app().createUser(), { scope: 'openid email' });
    const url = new URL(rp.as.authorization_endpoint ?? '');
    const draft = usualDraft(client, browser.cookies.header(url));
    t.mock.property(authorization, 'limit', limit);
    return { clock, draft, ways: await openTwoWays(t, app()) };
  }

  it('refuses requests beyond the limit, and accepts them again after the window', async (t) => {
    const { clock, draft, ways } = await prepare(t);
    for (const window of [1, 2]) {
      const direct: boolean[] = [];
      for (let turn = 1; turn <= limit + 3; turn += 1) {
        const name = `${window}: ${turn}`;
        const { fast, isDirect } = await compareNavigations(ways, name, write(draft));
        assert.equal(fast.status, turn <= limit ? 303 : 429, name);
        const left = fast.headers.find(([header]) => header === 'RateLimit')?.[1];
        assert.match(left ?? '', new RegExp(`r=${Math.max(0, limit - turn)};`));
        direct.push(isDirect);
        clock.advance(1);
      }
      assert.equal(direct.filter(Boolean).length, limit);
      clock.advance(windowSeconds);
    }
  });

  it('counts direct answers together with other requests', async (t) => {
    const { draft, ways } = await prepare(t);
    const ends: string[] = [];
    for (const change of [
      set('prompt', 'login'),
      set('prompt', 'none'),
      set('redirect_uri', 'x'),
      set('unknown', 'x'),
      omit('client_id'),
      set('state', ''),
      set('prompt', 'none'),
      set('prompt', 'login'),
    ]) {
      const { fast } = await compareNavigations(ways, String(ends.length), write(change(draft)));
      ends.push(destinationOf(fast));
    }
    assert.deepEqual(ends.slice(-3), ['code', 'page 429', 'page 429']);
  });

  it('accepts concurrent requests up to the limit', async (t) => {
    const { draft, ways } = await prepare(t);
    const sendAll = async (way: Way) => {
      const turns = Array.from({ length: 4 * limit }, () => ways.send(way, write(draft)));
      const ends = (await Promise.all(turns)).map(destinationOf);
      return [ends.filter((end) => end === 'code').length, new Set(ends)];
    };
    const fast = await sendAll('fast');
    assert.deepEqual(fast, [limit, new Set(['code', 'page 429'])]);
    assert.deepEqual(fast, await sendAll('engine'));
  });
});
