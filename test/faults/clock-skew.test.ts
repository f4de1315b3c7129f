// The clock of a node is wrong, or is adjusted while the node runs. A few seconds are tolerated
// everywhere; a node whose clock differs from the database by more than five seconds reports that
// it is not ready, so that the proxy sends it no requests, until its clock is correct again.
import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { collectWorks } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { describeFault, turns, until, type FaultRig } from '#test/support/faults/fault-suite.ts';
import { createDirectory } from '#test/support/services/databases.ts';

const minute = 60_000;
const forgiven = [12_000, -12_000, 4_000, -4_000];
const wrong = [30_000, -30_000, 10 * minute, -10 * minute];
/** Largest difference from the database clock with which a node is ready. */
const tolerableMs = 5_000;

describeFault('node with a wrong clock', { settings: { LOG_LEVEL: 'warn' } }, (rig) => {
  const works = collectWorks();
  const clock = { file: '' };
  before(async () => {
    clock.file = join(await createDirectory(works), 'ahead');
    await setClock(0);
    await rig().at(1).kill();
    const preload = new URL('../support/faults/skewed-clock.ts', import.meta.url).href;
    const environment = { NODE_OPTIONS: `--import=${preload}`, CLOCK_AHEAD_FILE: clock.file };
    rig().at(1).launch(environment);
    await rig().recovers();
  });
  after(works.run);

  async function setClock(aheadMs: number): Promise<void> {
    await writeFile(`${clock.file}.new`, String(aheadMs));
    await rename(`${clock.file}.new`, clock.file);
  }

  /**
   * Runs the work while the clock of the second node is wrong, and corrects the clock afterwards.
   */
  async function whileAhead(aheadMs: number, work: () => Promise<void>): Promise<void> {
    const expected = Math.abs(aheadMs) < tolerableMs ? 'ready' : 'unready';
    await setClock(aheadMs);
    try {
      await until('noticed', async () => (await readiness(rig()))['status'] === expected);
      await work();
    } finally {
      await setClock(0);
    }
    await rig().recovers();
  }

  for (const aheadMs of wrong.slice(0, turns(2, wrong.length))) {
    it(`is not ready and reports the reason when it is off by ${aheadMs / 1000} s`, async () => {
      const written = rig().at(1).log().length;
      const direction = aheadMs > 0 ? 'ahead of' : 'behind';
      const reason = new RegExp(`\\d\\.\\d s ${direction} that of the database`);

      await whileAhead(aheadMs, async () => {
        assert.deepEqual(await readiness(rig()), { status: 'unready', failing: ['clock'] });
        assert.equal(await rig().statusOf(rig().at(1), '/health/live'), 200);
        assert.equal(await rig().statusOf(rig().at(0), '/health/ready'), 200);
        await until('the node reports the reason', async () =>
          reason.test(rig().at(1).log().slice(written)),
        );
      });
    });
  }

  for (const aheadMs of forgiven.slice(0, turns(2, forgiven.length))) {
    it(`exchanges tokens with the other node when it is off by ${aheadMs / 1000} s`, async () => {
      await whileAhead(aheadMs, () => exchangeAll(rig()));
    });
  }
});

/** Each node issues a session, a code and tokens, which the other node must accept. */
async function exchangeAll(rig: FaultRig): Promise<void> {
  const right = await rig.relyingParty();
  const skewed = await right.through(rig.at(1).send);
  for (const [one, other] of [
    [right, skewed],
    [skewed, right],
  ] as const) {
    const code = await one.authorize(await rig.createUser(), offline);
    const given = await other.tryExchange(code);
    assert.equal(given.status, 200, given.text);
    const accessToken = String(given.body['access_token']);
    for (const each of [one, other]) {
      assert.equal(await each.isActive(accessToken), true);
      assert.equal((await each.tryUserinfo(accessToken)).status, 200);
    }
    const next = await one.tryRefresh(String(given.body['refresh_token']));
    assert.equal(next.status, 200, next.text);
    assert.equal(await other.isActive(String(next.body['access_token'])), true);
    const silent = code.browser.through(other.send);
    const page = await silent.open((await other.request({ prompt: 'none' })).url);
    assert.notEqual(page.url.searchParams.get('code'), null, page.url.href);
  }
}

async function readiness({ at, issuer }: FaultRig): Promise<Record<string, unknown>> {
  const answer = await at(1).send(`${issuer}/health/ready`);
  return Object(await answer.json());
}
