// Requests run on one node while another node revokes what they depend on: sign-ins that wait for
// a password hash, authorizations, code redemptions, refreshes and consent submissions. One second
// after the response to the revocation, nothing that started before it is accepted, and everything
// that starts afterwards is.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { collectWorks } from '#test/support/app.ts';
import { crowding, turns } from '#test/support/faults/fault-suite.ts';
import { createTally, describeFindings, type Results } from '#test/support/races/results.ts';
import { roundsPerWave, runWave } from '#test/support/races/wave.ts';
import { startRaceEnvironment, type RaceEnvironment } from '#test/support/races/environment.ts';

/** A busy machine completes fewer rounds within the time limit of a test. */
const maxSeconds = 75;
/**
 * The number of rounds and the first seed: a failure reports the seed of its wave, which can then
 * run first.
 */
const roundsWanted = Number(process.env['RACE_ROUNDS'] ?? turns(60, 120));
/** Restricts the revocations to those whose name contains this text. */
const actName = process.env['RACE_ACT'] ?? '';
const given = process.env['RACE_SEED'];
const firstSeed = given === undefined ? Math.floor(Date.now() / 1000) : Number(given);

describe('concurrent requests and revocations', () => {
  const works = collectWorks();
  let world: RaceEnvironment | undefined;
  let seed = firstSeed;
  before(async () => {
    world = await startRaceEnvironment(works);
  });
  after(works.run);

  for (const part of Array.from({ length: turns(1, 4) }, (_, at) => at + 1)) {
    it(`leave nothing valid that started before the revocation, part ${part}`, async (t) => {
      assert.ok(world);
      const tally = createTally();
      const endsAt = performance.now() + maxSeconds * 1000;
      for (; tally.rounds() < roundsWanted && performance.now() < endsAt; seed += 1) {
        await runWave(world, { seed, tally, actName });
      }

      t.diagnostic(`${tally.rounds()} rounds in waves of ${roundsPerWave}, up to seed ${seed - 1}`);
      t.diagnostic(
        `${tally.counts.lateAnswers} responses arrived after the response of the revocation`,
      );
      t.diagnostic(`${tally.abortions.length} rounds were aborted`);
      for (const line of tally.report()) t.diagnostic(line);
      verify(tally, world);
    });
  }
});

function verify(
  { survivors, losses, abortions, counts, rounds }: Results,
  { failures }: RaceEnvironment,
) {
  const failed = failures.splice(0);
  assert.ok(counts.lateAnswers > 0, 'no request was in progress during a revocation');
  assert.ok(
    abortions.length <= (rounds() / 4) * crowding(),
    `aborted rounds, more than load on this machine explains:\n${describeFindings(abortions)}`,
  );
  assert.equal(survivors.length, 0, `accepted although revoked:\n${describeFindings(survivors)}`);
  assert.equal(losses.length, 0, `refused although valid:\n${describeFindings(losses)}`);
  assert.deepEqual(failed, [], 'a refusal must not be a server error');
}
