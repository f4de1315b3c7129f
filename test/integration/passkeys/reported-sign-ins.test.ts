// "This wasn’t me" about a sign-in of an attacker who has also added a passkey.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Knex } from 'knex';
import { describeApp } from '#test/support/app.ts';
import { createAuthenticator } from '#test/support/actors/authenticator.ts';
import { inLine, untilWaiting } from '#test/support/services/row-locks.ts';
import { linkIn, mailsTo } from '#test/support/steps/mailbox.ts';
import {
  addPasskey,
  answerWith,
  ask,
  passkeysPath,
  signInOwn,
  useAtHome,
  withPasskey,
} from '#test/support/steps/passkeys.ts';
import { isSignedIn } from '#test/support/steps/reauthentication.ts';

describeApp('reporting an unrecognized sign-in', {}, (app) => {
  /** An attacker who knows the password has signed in on a new device and added a passkey. */
  async function attackerWithPasskey() {
    const owner = await withPasskey(app(), await app().createUser());
    const attackersBrowser = app().browser();
    await signInOwn(attackersBrowser, owner.person);
    // Adding a passkey takes more than the password, so the attacker also uses the user's device.
    const locked = await attackersBrowser.open(passkeysPath);
    const borrowed = owner.device.get(await ask(app(), attackersBrowser, locked));
    const device = createAuthenticator({ issuer: app().issuer });
    await addPasskey(app(), attackersBrowser, await answerWith(locked, borrowed), device);
    const mails = await mailsTo(app(), owner.person.email);
    const news = mails.find(({ text }) => text.includes('/auth/not-me/'));
    assert.ok(news);
    return { owner, device, link: linkIn(news, '/auth/not-me/') };
  }

  it('removes a passkey that an attacker who knew the password has added', async () => {
    const { owner, device, link } = await attackerWithPasskey();

    await (await app().browser().open(link)).press('continue');

    const list = await app().services.passkeys.list(owner.person.id);
    assert.deepEqual(
      list.map(({ id }) => id),
      [owner.device.id],
    );
    const { browser } = await useAtHome(app(), device);
    assert.equal(await isSignedIn(browser), false);
  });

  it('leaves no session to a sign-in with that passkey in the meantime', async () => {
    const { owner, device, link } = await attackerWithPasskey();
    const report = await app().browser().open(link);
    const devices = (tx: Knex) =>
      tx('user_devices').where({ user_id: owner.person.id }).forUpdate().select('device_id');
    let signIn: ReturnType<typeof useAtHome> | undefined;

    const [done] = await inLine(app(), devices, [() => report.press('continue')], async () => {
      signIn = useAtHome(app(), device);
      await Promise.race([signIn, untilWaiting(app(), 2)]);
    });

    assert.ok(done?.has('signed-out'), done?.text);
    const attacker = await signIn;
    assert.ok(attacker);
    assert.equal(await isSignedIn(attacker.browser), false);
  });
});
