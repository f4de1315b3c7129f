// X8: Redis forgets how often somebody guessed. Each node has counted along, so that nobody wins much.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeFault, type FaultRig } from '#test/rig/faults.ts';

/** Guesses are counted, as in production; other tests all come from one address. */
const limited = { RATE_LIMITS: 'on' };

describeFault('X8: Redis forgets how often somebody guessed', { settings: limited }, (rig) => {
  it('and grants no more than as many guesses again', async () => {
    const { email } = await rig().aPerson();
    const granted = await guessUntilRefused(rig(), email, 1);
    await rig().redis.command('FLUSHALL');

    const again = await guessUntilRefused(rig(), email, 1);

    assert.ok(granted > 0);
    assert.ok(again <= granted, `${again} after ${granted}`);
  });

  it('and not even that much each time, were it emptied over and over', async () => {
    const { email } = await rig().aPerson();
    const granted = await guessUntilRefused(rig(), email, 0);

    let again = 0;
    for (let turn = 0; turn < 4; turn += 1) {
      await rig().redis.command('FLUSHALL');
      again += await guessUntilRefused(rig(), email, 0);
    }

    // One more may be let in by each wait that has ended meanwhile.
    assert.ok(again <= granted + 3, `${again} after ${granted}`);
  });
});

/** Wrong passwords that were looked at before one was not. */
async function guessUntilRefused(rig: FaultRig, login: string, turn: number): Promise<number> {
  const rp = await rig.relyingParty();
  const page = await rig.browser(rig.at(turn)).open((await rp.request()).url);
  for (let granted = 0; granted < 50; granted += 1) {
    const { status } = await page.press('sign-in', { login, password: 'not the right one' });
    if (status === 429) return granted;
    assert.equal(status, 422);
  }
  throw new Error('Guessing has no end.');
}
