// TOTP and recovery codes: single use, one time step of tolerance, and a lock after ten failures.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { generateSync } from 'otplib';
import { openServices, type Services } from '#server/composition.ts';
import { readConfig } from '#config/config.ts';
import { cheapSettings, settable } from '#test/support/app.ts';
import { aUser, later, noon } from '#test/support/data/builders.ts';
import {
  createDatabase,
  createDataDirectory,
  createDirectory,
  createTestLog,
  storeKinds,
  type StoreKind,
} from '#test/support/services/databases.ts';
import { startPatiently } from '#test/support/services/start-patiently.ts';

async function open(t: TestContext, kind: StoreKind) {
  const place =
    kind === 'postgres'
      ? {
          DATABASE_URL: settable(await createDatabase(t)),
          DATA_DIRECTORY: await createDirectory(t),
        }
      : { DATA_DIRECTORY: await createDataDirectory(t) };
  const config = readConfig({ ...cheapSettings, ...place, ISSUER: 'https://id.localhost' });
  const clock = { now: noon };
  const services = await startPatiently(() =>
    openServices({
      config,
      log: createTestLog(),
      now: () => clock.now,
    }),
  );
  t.after(() => services.close());
  const user = aUser();
  await services.users.insert(user);
  return { services, clock, userId: user.id };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** The code of the authenticator, `seconds` from now. */
function codeOf(secret: string, { clock }: Opened, seconds = 0): string {
  const epoch = Math.floor(clock.now.getTime() / 1000) + seconds;
  return generateSync({ secret, epoch });
}

/** With TOTP enabled earlier. */
async function withApp(opened: Opened) {
  const { services, clock, userId } = opened;
  const { secondFactor } = services;
  await secondFactor.begin(userId);
  const secret = (await secondFactor.pendingSecret(userId)) ?? '';
  const confirmed = await secondFactor.confirm(
    { id: userId, securityVersion: 0 },
    codeOf(secret, opened),
    async () => {},
  );
  assert.ok(confirmed.ok);
  clock.now = later(3600, clock.now);
  return { secret, recoveryCodes: confirmed.recoveryCodes, secondFactor };
}

async function eventsOf({ db }: Services, userId: string): Promise<readonly string[]> {
  const rows = await db.knex('audit_events').where({ user_id: userId });
  const events: string[] = rows.map(({ event }) => String(event));
  return events.toSorted();
}

for (const kind of storeKinds) {
  describe(`TOTP (${kind})`, () => {
    it('accepts a code once, even if it is sent concurrently', async (t) => {
      const opened = await open(t, kind);
      const { secret, secondFactor } = await withApp(opened);
      const code = codeOf(secret, opened);

      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => secondFactor.check(opened.userId, code)),
      );

      assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
      assert.equal((await secondFactor.check(opened.userId, code)).ok, false);
    });

    it('tolerates one time step, but never a code older than one that was accepted', async (t) => {
      const opened = await open(t, kind);
      const { secret, secondFactor } = await withApp(opened);
      const check = async (seconds: number) =>
        (await secondFactor.check(opened.userId, codeOf(secret, opened, seconds))).ok;

      assert.deepEqual([await check(-60), await check(60)], [false, false]);
      assert.deepEqual([await check(-30), await check(30), await check(0)], [true, true, false]);
    });

    it('locks after ten wrong codes and notifies the user', async (t) => {
      const opened = await open(t, kind);
      const { services, clock, userId } = opened;
      const { secret, secondFactor } = await withApp(opened);
      const wrong = async () => secondFactor.check(userId, '000000');
      for (let tries = 0; tries < 10; tries += 1) await wrong();

      const locked = await secondFactor.check(userId, codeOf(secret, opened));
      clock.now = later(15 * 60, clock.now);
      const open10 = await secondFactor.check(userId, codeOf(secret, opened));

      assert.deepEqual(locked, { ok: false, reason: 'locked' });
      assert.deepEqual(open10, { ok: true, kind: 'totp' });
      const events = await eventsOf(services, userId);
      assert.equal(events.filter((event) => event === 'factor.refused').length, 10);
      await services.outboxWorker.deliverDue();
      const mails = (await services.mailbox?.list()) ?? [];
      assert.ok(
        mails.some(({ subject }) => subject === 'Too many wrong codes for your Ostiary account'),
      );
    });

    it('is enabled only after a correct code, and stores the secret encrypted', async (t) => {
      const opened = await open(t, kind);
      const { services, userId } = opened;
      const { secondFactor } = services;
      await secondFactor.begin(userId);
      const secret = (await secondFactor.pendingSecret(userId)) ?? '';

      const early = await secondFactor.check(userId, codeOf(secret, opened));

      assert.equal(early.ok, false);
      assert.equal((await secondFactor.state(userId)).since, undefined);
      const [row] = await services.db.knex('totp_credentials').where({ user_id: userId });
      assert.equal(JSON.stringify(row).includes(secret), false);
    });
  });

  describe(`recovery codes (${kind})`, () => {
    it('are ten single-use codes, accepted in any usual spelling', async (t) => {
      const opened = await open(t, kind);
      const { userId } = opened;
      const { recoveryCodes, secondFactor } = await withApp(opened);
      const [first = '', second = ''] = recoveryCodes;
      const typed = first.toLowerCase().replaceAll(/(.{4})(?=.)/g, '$1 - ');

      const outcomes = await Promise.all([
        secondFactor.check(userId, typed),
        secondFactor.check(userId, first),
      ]);

      assert.equal(new Set(recoveryCodes).size, 10);
      assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
      assert.equal((await secondFactor.state(userId)).recoveryCodesLeft, 9);
      assert.equal((await secondFactor.check(userId, second)).ok, true);
    });

    it('are invalidated by new ones and when TOTP is disabled', async (t) => {
      const opened = await open(t, kind);
      const { services, userId } = opened;
      const { recoveryCodes, secondFactor } = await withApp(opened);
      const renewed = await secondFactor.renewRecoveryCodes({ id: userId, securityVersion: 0 });

      const old = await secondFactor.check(userId, recoveryCodes[0] ?? '');
      await secondFactor.remove(userId, { kind: 'user', id: userId });
      const gone = await secondFactor.check(userId, renewed[0] ?? '');

      assert.deepEqual([old.ok, gone.ok], [false, false]);
      assert.equal((await secondFactor.state(userId)).since, undefined);
      assert.deepEqual(
        (await eventsOf(services, userId)).filter((event) => event !== 'factor.refused'),
        ['factor.added', 'factor.removed', 'recovery_codes.renewed'],
      );
    });
  });
}
