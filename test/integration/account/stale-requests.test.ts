// Requests that were authorized and then overtaken by a change of the address, by the verification
// of the mailbox by its owner, or by the revert of an email change. Their late writes must have no
// effect.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { askForEmailChange } from '#test/support/steps/email-change.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import { createAuthenticator } from '#test/support/actors/authenticator.ts';
import { ask, openFresh, signInOwn, useAtHome } from '#test/support/steps/passkeys.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { codeOf } from '#test/support/steps/totp.ts';
import { holdClock } from '#test/support/clock.ts';
import { codeIn, linkIn, newestMail } from '#test/support/steps/mailbox.ts';
import { inLine, proofOf, rowOfUser } from '#test/support/services/row-locks.ts';

const chosen = 'meadow anchor silver biscuit';

function newAddress(): string {
  return `moved.${Math.random().toString(36).slice(2)}@example.com`;
}

async function signedIn(app: TestApp, facts = {}) {
  const person = await app.createUser(facts);
  const browser = app.browser();
  await signInOwn(browser, person);
  return { person, browser };
}

async function askForChange(app: TestApp, browser: Browser, person: Person) {
  const email = newAddress();
  const page = await askForEmailChange(browser, { place: app, person }, email);
  return { email, page, code: codeIn(await newestMail(app, email)) };
}

async function canSignIn(app: TestApp, login: string, password: string): Promise<boolean> {
  const form = await app.browser().open('/auth/sign-in');
  return (await form.press('sign-in', { login, password })).status !== 422;
}

async function emailOf({ services }: TestApp, { id }: Person) {
  return (await services.users.findById(id))?.email;
}

describeApp('email token requested before an address change and written after it', {}, (app) => {
  it('cannot set a password', async () => {
    const { person, browser } = await signedIn(app(), { emailVerified: true });
    const change = await askForChange(app(), browser, person);
    const form = await app().browser().open('/auth/recover');
    await inLine(
      app(),
      proofOf('recovery', person.email),
      [() => form.press('recover', { email: person.email })],
      () => change.page.press('verify', { code: change.code }),
    );
    assert.equal(await emailOf(app(), person), change.email);
    const link = linkIn(await newestMail(app(), person.email), '/recover/link/');

    const page = await app().browser().open(link);
    const done = await page.press('continue', { password: chosen });

    assert.equal(done.errorCode, 'expired', done.text);
    assert.equal(await canSignIn(app(), change.email, chosen), false);
    assert.equal(await canSignIn(app(), change.email, person.password), true);
  });

  it('cannot sign in', async () => {
    const { person, browser } = await signedIn(app(), { emailVerified: true });
    const change = await askForChange(app(), browser, person);
    const form = await app().browser().open('/auth/sign-in/mail');
    await inLine(
      app(),
      proofOf('sign_in', person.email),
      [() => form.press('continue', { email: person.email })],
      () => change.page.press('verify', { code: change.code }),
    );
    const link = linkIn(await newestMail(app(), person.email), '/auth/sign-in/mail/link/');

    const done = await (await app().browser().open(link)).press('sign-in');

    assert.equal(done.errorCode, 'expired', done.text);
  });

  it('does not verify the new address', async () => {
    const { person, browser } = await signedIn(app());
    const account = await browser.open('/auth/account');
    const change = await askForChange(app(), browser, person);
    await inLine(
      app(),
      proofOf('verification', person.id),
      [() => account.press('send-again')],
      () => change.page.press('verify', { code: change.code }),
    );
    const link = linkIn(await newestMail(app(), person.email), '/verify/link/');

    const done = await (await browser.open(link)).press('verify');

    assert.equal(done.errorCode, 'expired', done.text);
    const { knex } = app().services.db;
    const events: unknown[] = await knex('audit_events').where({
      event: 'email.verified',
      user_id: person.id,
    });
    assert.deepEqual(events, []);
  });
});

describeApp('attacker with an unverified account whose owner verifies the mailbox', {}, (app) => {
  /**
   * The owner signs in by email for the first time while one request of the attacker is still
   * running.
   */
  async function overtake(person: Person, late: () => Promise<Page>) {
    const form = await app().browser().open('/auth/sign-in/mail');
    const page = await form.press('continue', { email: person.email });
    const code = codeIn(await newestMail(app(), person.email));
    const [account, refused] = await inLine(app(), rowOfUser(person.id), [
      () => page.press('verify', { code }),
      late,
    ]);
    assert.equal(account?.url.pathname, '/auth/account', account?.text);
    return refused;
  }

  it('cannot move the account to another mailbox', async () => {
    const { person, browser } = await signedIn(app());
    const { page, code } = await askForChange(app(), browser, person);

    const refused = await overtake(person, () => page.press('verify', { code }));

    assert.equal(refused?.errorCode, 'expired', refused?.text);
    assert.equal(await emailOf(app(), person), person.email);
  });

  it('cannot write the profile', async () => {
    const { person, browser } = await signedIn(app());
    const page = await browser.open('/auth/account/profile');

    await overtake(person, () => page.press('continue', { name: 'Mallory' }));

    const user = await app().services.users.findById(person.id);
    assert.equal(user?.claims.name, undefined);
  });

  it('cannot enable a second factor', async () => {
    const { person, browser } = await signedIn(app());
    const form = await browser.open('/auth/account/codes');
    const shown = await form.press('set-up', { password: person.password });
    const [, grouped = ''] = /<code[^>]*>([A-Z2-7 ]+)<\/code>/.exec(shown.html) ?? [];
    const code = codeOf(grouped.replaceAll(' ', ''));

    await overtake(person, () => shown.press('verify', { code }));

    const { since } = await app().services.secondFactor.state(person.id);
    assert.equal(since, undefined);
  });
});

describeApp('attacker whose email change is reverted', {}, (app) => {
  /** The owner reverts the change while one request of the attacker is still running. */
  async function overtake(person: Person, late: () => Promise<Page>): Promise<void> {
    const link = linkIn(await newestMail(app(), person.email), '/auth/account/email/undo/');
    const page = await app().browser().open(link);
    const [done] = await inLine(app(), rowOfUser(person.id), [() => page.press('continue'), late]);
    assert.ok(done?.has('signed-out'), done?.text);
  }

  async function anAttacker() {
    const { person, browser } = await signedIn(app(), { emailVerified: true });
    const { email, page, code } = await askForChange(app(), browser, person);
    await page.press('verify', { code });
    return { person, browser, email };
  }

  it('cannot add a passkey', async (t) => {
    const clock = holdClock(t);
    const { person, browser } = await anAttacker();
    const device = createAuthenticator({ issuer: app().issuer });
    const page = await openFresh(browser, person);
    const answer = device.create(await ask(app(), browser, page));

    await overtake(person, () => page.press('answer', { answer }));

    clock.advance(1);
    assert.notEqual((await useAtHome(app(), device)).page.url.pathname, '/auth/account');
  });

  it('cannot set a password', async () => {
    const { person, browser } = await anAttacker();
    const page = await browser.open('/auth/account/password');
    const typed = { current: person.password, password: chosen };

    await overtake(person, () => page.press('continue', typed));

    assert.equal(await canSignIn(app(), person.email, chosen), false);
  });

  it('cannot move the account again', async () => {
    const { person, browser, email } = await anAttacker();
    const next = await askForChange(app(), browser, { ...person, email });

    await overtake(person, () => next.page.press('verify', { code: next.code }));

    assert.equal(await emailOf(app(), person), person.email);
  });

  it('cannot have the account deleted', async () => {
    const { person, browser } = await anAttacker();
    const page = await browser.open('/auth/account/delete');

    await overtake(person, () => page.press('delete', { password: person.password }));

    const user = await app().services.users.findById(person.id);
    assert.equal(user?.deletionDueAt, undefined);
  });
});
