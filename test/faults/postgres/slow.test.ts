// PostgreSQL is slow, or holds locks that requests need. No request waits longer than its
// deadline, introspection takes precedence over sign-ins, and the service recovers immediately
// afterwards.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { cacheMilliseconds } from '#platform/ttl-cache.ts';
import type { Page } from '#test/support/actors/cookie-browser.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';
import {
  describeFault,
  timed,
  turns,
  until,
  type FaultRig,
} from '#test/support/faults/fault-suite.ts';
import { assertOrderly } from '#test/support/faults/history.ts';
import { startLoad } from '#test/support/faults/load.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

/** Longest time until a request is answered. */
const answerMilliseconds = 3000;

describeFault('slow PostgreSQL', {}, (rig) => {
  it('leads to responses or refusals in time and to no backlog afterwards', async (t) => {
    const load = await startLoad(t, rig());
    const rp = await rig().relyingParty();
    const login = await rig().login(rp, await rig().createUser(), offline);

    rig().postgres.slow(500);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => timed(() => rp.tryUserinfo(login.accessToken))),
    );
    rig().postgres.heal();
    const { result, milliseconds } = await timed(() => rp.tryUserinfo(login.accessToken));

    for (const { result: answer, milliseconds: waited } of answers) {
      const { status, headers, text } = answer;
      assert.ok(status === 200 || status === 503, text);
      assertOrderly({ address: 'userinfo', status, milliseconds: waited, headers, text });
    }
    assert.equal(result.status, 200);
    const refused = answers.filter((answer) => answer.result.status === 503).length;
    t.diagnostic(`${refused} of 40 refused; the next one took ${milliseconds.toFixed()} ms`);
    await load.settle();
  });

  it('keeps introspection available while sign-ins use all connections', async (t) => {
    const rp = await rig().relyingParty();
    const login = await rig().login(rp, await rig().createUser(), offline);
    const storm = await startStorm(t, rig(), rp);
    assert.equal(await rp.isActive(login.accessToken), true);

    rig().postgres.slow(500);
    await until('sign-ins exceed the limit', async () => storm.refused() > 0);
    const answers = [];
    while (answers.length < turns(3, 30)) {
      answers.push(await timed(() => rp.introspect(login.accessToken)));
      await pause(cacheMilliseconds);
    }
    await storm.stop();
    rig().postgres.heal();

    const waits = answers.map(({ milliseconds }) => milliseconds.toFixed()).join(' ');
    t.diagnostic(`introspection took ${waits} ms during ${storm.refused()} refused sign-ins`);
    for (const { result, milliseconds } of answers) {
      assert.deepEqual([result.status, result.body['active']], [200, true], result.text);
      assert.ok(milliseconds < answerMilliseconds);
    }
  });

  it('delays only requests that need the locked row', async (t) => {
    const rp = await rig().relyingParty();
    const login = await rig().login(rp, await rig().createUser(), offline);
    const lock = await holdLock(rig().databaseUrl(), 'refresh_families');
    t.after(lock.release);

    const [refreshed, looked] = await Promise.all([
      timed(() => rp.tryRefresh(login.refreshToken)),
      timed(() => rp.tryUserinfo(login.accessToken)),
    ]);
    await lock.release();

    assert.deepEqual([refreshed.result.status, looked.result.status], [503, 200]);
    assert.ok(refreshed.milliseconds <= answerMilliseconds);
    assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
  });
});

/** Sends more simultaneous sign-ins than there are connections, repeatedly. */
async function startStorm(t: CleanUp, rig: FaultRig, rp: RelyingParty) {
  const { email, password } = await rig.createUser();
  const over = new AbortController();
  let refused = 0;
  const tryAgain = async (page: Page): Promise<void> => {
    while (!over.signal.aborted) {
      const { status } = await page.press('sign-in', { login: email, password: `not ${password}` });
      if (status === 503) refused += 1;
    }
  };
  const pages = Array.from({ length: 40 }, async () => {
    return rig.browser().open((await rp.request()).url);
  });
  const running = Promise.all((await Promise.all(pages)).map(tryAgain));
  const stop = async () => {
    over.abort();
    await running;
  };
  t.after(stop);
  return { stop, refused: () => refused };
}

async function holdLock(databaseUrl: string, table: string) {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('begin');
  await client.query(`lock table ${table} in access exclusive mode`);
  let held: Promise<void> | undefined;
  return { release: () => (held ??= client.end()) };
}
