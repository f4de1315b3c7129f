// Requests that are under way on one node while another one ends what they stand on: sign-ins that
// wait for their hash, authorizations, redemptions, refreshes and consent answers. A second after the
// answer to the act nothing works that was begun before it; what is begun afterwards does.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { collectWorks } from '#test/app.ts';
import { crowding, turns } from '#test/rig/faults.ts';
import { createTally, describeFindings, type Tally } from './races/tally.ts';
import { roundsPerWave, runWave } from './races/wave.ts';
import { startWorld, type World } from './races/world.ts';

/** A crowded machine does less in the time that a test is given. */
const longestSeconds = 75;
/** How many, and the first seed: a failure names the seed of its wave, which then comes first. */
const roundsWanted = Number(process.env['RACE_ROUNDS'] ?? 120);
/** Narrows the acts to those whose name has this in it. */
const actName = process.env['RACE_ACT'] ?? '';
const given = process.env['RACE_SEED'];
const firstSeed = given === undefined ? Math.floor(Date.now() / 1000) : Number(given);

describe('nothing that was begun before an ending act outlives it', () => {
  const works = collectWorks();
  let world: World | undefined;
  let seed = firstSeed;
  before(async () => {
    world = await startWorld(works);
  });
  after(works.run);

  for (const part of Array.from({ length: turns(1, 4) }, (_, at) => at + 1)) {
    it(`in rounds with seeds of their own, part ${part}`, async (t) => {
      assert.ok(world);
      const tally = createTally();
      const endsAt = performance.now() + longestSeconds * 1000;
      for (; tally.rounds() < roundsWanted && performance.now() < endsAt; seed += 1) {
        await runWave(world, { seed, tally, actName });
      }

      t.diagnostic(`${tally.rounds()} rounds in waves of ${roundsPerWave}, up to seed ${seed - 1}`);
      t.diagnostic(`${tally.counts.lateAnswers} answers came after the act's`);
      t.diagnostic(`${tally.abortions.length} rounds were not finished`);
      for (const line of tally.report()) t.diagnostic(line);
      verify(tally, world);
    });
  }
});

function verify({ survivors, losses, abortions, counts, rounds }: Tally, { failures }: World) {
  const failed = failures.splice(0);
  assert.ok(counts.lateAnswers > 0, 'no request was under way during an act');
  assert.ok(
    abortions.length <= (rounds() / 4) * crowding(),
    `not finished, more than a crowded machine explains:\n${describeFindings(abortions)}`,
  );
  assert.equal(survivors.length, 0, `accepted, but ended:\n${describeFindings(survivors)}`);
  assert.equal(losses.length, 0, `refused, but good:\n${describeFindings(losses)}`);
  assert.deepEqual(failed, [], 'a refusal must not be a failure of the server');
}
