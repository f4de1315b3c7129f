// Successful attempts undo their own counts and nothing else: an attacker with an account must not gain guesses
// by signing in to it, whatever the order of windows and expiries.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createUserCodeThrottle } from '#features/device-authorization/user-code-throttle.service.ts';
import { guessLimits } from '#features/passwords/throttle/sign-in-throttle.ts';
import { createSignInThrottle } from '#features/passwords/throttle/sign-in-throttle.service.ts';
import { createTestLog } from '#test/support/services/databases.ts';
import { requireRedis } from '#test/support/services/redis.ts';
import { openPostgres, openRedis, type Nodes } from '#test/support/services/short-lived-stores.ts';

const address = '198.51.100.7';
const log = createTestLog();
const hour = 60 * 60;
/** More than any number of guesses that a window allows without delay. */
const many = 200;

for (const [store, { open, options }] of Object.entries({
  Redis: { open: openRedis, options: requireRedis() },
  PostgreSQL: { open: openPostgres, options: {} },
})) {
  describe(`passwords guessed from one address (counters in ${store})`, options, () => {
    it('are not more after successful sign-ins in an earlier window', async (t) => {
      const { pass, ...nodes } = await open(t);
      const { guess, signIn } = attackerOf(nodes);
      await guess('first');
      await pass(hour / 2);
      for (let turn = 0; turn < many; turn += 1) await (await signIn())();
      await pass(hour / 2 + 1);

      assert.equal(await countAdmitted(guess), guessLimits.address.free);
    });

    it('are not more after sign-ins that began in the previous window', async (t) => {
      const { pass, ...nodes } = await open(t);
      const { guess, signIn } = attackerOf(nodes);
      await pass(hour - 1);
      const begun = [];
      for (let turn = 0; turn < 4; turn += 1) begun.push(await signIn());
      await pass(2);
      for (const succeed of begun) await succeed();

      assert.equal(await countAdmitted(guess), guessLimits.address.free);
    });

    it('are delayed until the window ends, and no longer', async (t) => {
      const { pass, ...nodes } = await open(t);
      const { guess, waitAfter } = attackerOf(nodes);
      await pass(hour - 10);
      const waits: number[] = [];
      for (let turn = 0; turn < 4; turn += 1) {
        await countAdmitted(guess);
        waits.push(await waitAfter('refused'));
        await pass(waits.at(-1) ?? 0);
      }

      assert.deepEqual(waits, [1, 2, 4, 3]);
      assert.equal(await guess('next window'), true);
    });
  });

  describe(`user codes guessed from one address (counters in ${store})`, options, () => {
    it('are not more after right codes in an earlier window', async (t) => {
      const { pass, one, now } = await open(t);
      const audit = Object({ append: async () => undefined });
      const throttle = createUserCodeThrottle({ store: one, audit, enabled: true });
      let browsers = 0;
      const newBrowser = () => ({ browser: `browser ${(browsers += 1)}`, address, at: now() });
      const guess = () => throttle.admit(newBrowser());
      await guess();
      await pass(300);
      for (let turn = 0; turn < 50; turn += 1) {
        const guesser = newBrowser();
        assert.equal(await throttle.admit(guesser), true);
        await throttle.forgive(guesser);
      }
      await pass(301);

      assert.equal(await countAdmitted(guess), 60);
    });
  });
}

/** One who guesses the passwords of many accounts from one address, and owns an account. */
function attackerOf({ one: store, now }: Pick<Nodes, 'one' | 'now'>) {
  const throttle = createSignInThrottle({ store, enabled: true, log, now });
  const attempt = (login: string) => throttle.admit({ login, address, knownDevice: undefined });

  return {
    /** A wrong password. Returns whether it would have been checked. */
    guess: async (login: string) => (await attempt(`${login}@example.com`)).ok,
    /** Seconds to wait after a wrong password. */
    async waitAfter(login: string): Promise<number> {
      const admission = await attempt(`${login}@example.com`);
      return admission.ok ? 0 : admission.retryAfterSeconds;
    },
    /** A correct password. The function that is returned completes the sign-in. */
    async signIn(): Promise<() => Promise<void>> {
      const admission = await attempt('attacker@example.com');
      assert.ok(admission.ok);
      return () => throttle.forgive(admission.counters);
    },
  };
}

/** How many guesses are admitted one after another, each about another account. */
async function countAdmitted(guess: (name: string) => Promise<boolean>): Promise<number> {
  let admitted = 0;
  while (admitted < many && (await guess(`person-${admitted}`))) admitted += 1;
  return admitted;
}
