// Redis loses the counters of failed sign-ins. Each node also counts in memory, so that an
// attacker gains few attempts.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeFault, type FaultRig } from '#test/support/faults/fault-suite.ts';

/** Attempts are counted as in production; the other tests all use one client address. */
const limited = { RATE_LIMITS: 'on' };

describeFault('loss of the failed sign-in counters in Redis', { settings: limited }, (rig) => {
  it('allows no more than the same number of attempts again', async () => {
    const { email } = await rig().createUser();
    const granted = await guessUntilRefused(rig(), email, 1);
    await rig().redis.command('FLUSHALL');

    const again = await guessUntilRefused(rig(), email, 1);

    assert.ok(granted > 0);
    assert.ok(again <= granted, `${again} after ${granted}`);
  });

  it('does not allow that number each time when Redis is emptied repeatedly', async () => {
    const { email } = await rig().createUser();
    const granted = await guessUntilRefused(rig(), email, 0);

    let again = 0;
    for (let turn = 0; turn < 4; turn += 1) {
      await rig().redis.command('FLUSHALL');
      again += await guessUntilRefused(rig(), email, 0);
    }

    // Each delay that has ended in the meantime may allow one more attempt.
    assert.ok(again <= granted + 3, `${again} after ${granted}`);
  });
});

/** Returns how many wrong passwords are checked before an attempt is refused. */
async function guessUntilRefused(rig: FaultRig, login: string, turn: number): Promise<number> {
  const rp = await rig.relyingParty();
  const page = await rig.browser(rig.at(turn)).open((await rp.request()).url);
  for (let granted = 0; granted < 50; granted += 1) {
    const { status } = await page.press('sign-in', { login, password: 'not the right one' });
    if (status === 429) return granted;
    assert.equal(status, 422);
  }
  throw new Error('No attempt was throttled.');
}
