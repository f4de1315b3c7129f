// Every sign-in makes its browser a known device, also if an attacker signs in who learned the password. Any
// number of known devices must not allow more guesses or mails than one account may cause.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMailThrottle } from '#features/email-tokens/email-throttle.service.ts';
import { createSignInThrottle } from '#features/passwords/throttle/sign-in-throttle.service.ts';
import { isAppError } from '#platform/errors.ts';
import { createTestLog } from '#test/support/services/databases.ts';
import { requireRedis } from '#test/support/services/redis.ts';
import { openPostgres, openRedis, type Nodes } from '#test/support/services/short-lived-stores.ts';

const email = 'ann@example.com';
const address = '198.51.100.7';
const log = createTestLog();
const quarterHour = 15 * 60;
const devices = Array.from({ length: 12 }, (_, number) => `device ${number}`);

for (const [store, { open, options }] of Object.entries({
  Redis: { open: openRedis, options: requireRedis() },
  PostgreSQL: { open: openPostgres, options: {} },
})) {
  describe(`known devices of one account (counters in ${store})`, options, () => {
    it('together try a hundred wrong passwords a day, and do not lock out others', async (t) => {
      const nodes = await open(t);
      const guess = guesserOf(nodes);
      let admitted = 0;
      for (let turn = 0; turn < 95 && admitted <= 150; turn += 1) {
        admitted += await countAdmitted(guess);
        await nodes.pass(quarterHour);
      }

      assert.equal(admitted, 100);
      assert.equal(await guess(undefined), true, 'a stranger has other counters');
      await nodes.pass(quarterHour);
      assert.ok((await countAdmitted(guess)) > 0, 'the next day');
    });

    it('are not limited while the passwords are correct', async (t) => {
      const { one, now } = await open(t);
      const throttle = createSignInThrottle({ store: one, enabled: true, log, now });
      for (let turn = 0; turn < 120; turn += 1) {
        const knownDevice = `device ${turn}`;
        const admission = await throttle.admit({ login: email, address, knownDevice });
        assert.ok(admission.ok);
        await throttle.forgive(admission.counters);
      }
    });

    it('together request ten mails an hour, and leave those of others', async (t) => {
      const nodes = await open(t);
      const { one, now } = nodes;
      const throttle = createMailThrottle({ store: one, enabled: true, log, now });
      const request = (knownDevice: string | undefined) =>
        throttle.admit({ email, address, knownDevice }).then(
          () => true,
          (error: unknown) => !isAppError(error, 'throttled'),
        );

      assert.equal(await countAdmitted(request), 10);
      assert.equal(await request(undefined), true);
      await nodes.pass(4 * quarterHour);
      assert.equal(await countAdmitted(request), 10);
    });
  });
}

/** A wrong password. Returns whether it would have been checked. */
function guesserOf({ one: store, now }: Nodes) {
  const throttle = createSignInThrottle({ store, enabled: true, log, now });
  return async (knownDevice: string | undefined) =>
    (await throttle.admit({ login: email, address, knownDevice })).ok;
}

/** Each device tries until it is refused, and ten times at most. */
async function countAdmitted(attempt: (device: string) => Promise<boolean>): Promise<number> {
  let admitted = 0;
  for (const device of devices) {
    for (let turn = 0; turn < 10 && (await attempt(device)); turn += 1) admitted += 1;
  }
  return admitted;
}
