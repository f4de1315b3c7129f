// Change of an email address: confirmed with the password, verified at the new mailbox, and notified to the
// old mailbox, which can revert it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  describeApp,
  describeOnEachArrangement,
  startTestApp,
  type TestApp,
} from '#test/support/app.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import { holdClock } from '#test/support/clock.ts';
import { codeIn, linkIn, mailsTo, newestMail } from '#test/support/steps/mailbox.ts';
import { bareAnswer } from '#test/support/data/comparable-pages.ts';

let count = 0;

function newAddress(): string {
  count += 1;
  return `moved.${count}.${Math.random().toString(36).slice(2)}@example.com`;
}

/** A signed-in user, whose address is verified unless the options say otherwise. */
async function aMember(app: TestApp, { emailVerified = true } = {}) {
  const person = await app.createUser({ emailVerified });
  const browser = app.browser();
  const form = await browser.open('/auth/sign-in');
  await form.press('sign-in', { login: person.email, password: person.password });
  return { person, browser };
}

async function ask(browser: Browser, email: string, password: string) {
  const page = await browser.open('/auth/account/email');
  // A password entered within the last few minutes counts as reauthentication.
  return page.press('continue', page.has('password') ? { email, password } : { email });
}

async function emailOf({ services }: TestApp, { id }: { id: string }) {
  return (await services.users.findById(id))?.email;
}

/** Requests the change and returns the mails that it sends. */
async function aMoving(app: TestApp, facts = {}) {
  const { person, browser } = await aMember(app, facts);
  const email = newAddress();
  const page = await ask(browser, email, person.password);
  return { person, browser, email, page };
}

describeOnEachArrangement('change of the email address', (app) => {
  it('takes effect only after the new mailbox is verified', async () => {
    const { person, email, page } = await aMoving(app());
    assert.equal(await emailOf(app(), person), person.email);

    const account = await page.press('verify', { code: codeIn(await newestMail(app(), email)) });

    assert.equal(account.url.pathname, '/auth/account', account.text);
    const user = await app().services.users.findById(person.id);
    assert.deepEqual([user?.email, user?.emailVerified], [email, true]);
    const rp = await app().relyingParty({ first_party: true });
    await rp.login({ ...person, email });
  });

  it('is confirmed by the link in a browser where the user is signed in', async () => {
    const { person, browser, email } = await aMoving(app());

    const page = await browser.open(linkIn(await newestMail(app(), email), '/verify/link/'));
    await page.press('verify');

    assert.equal(await emailOf(app(), person), email);
  });

  it('sends two mails to the old mailbox', async () => {
    const { person, email, page } = await aMoving(app());
    await page.press('verify', { code: codeIn(await newestMail(app(), email)) });

    const mails = await mailsTo(app(), person.email);

    assert.equal(mails.length, 2);
    for (const mail of mails) {
      assert.ok(mail.text.includes(email));
      assert.ok(linkIn(mail, '/auth/account/email/undo/'));
    }
  });
});

describeApp('request to change the email address', {}, (app) => {
  it('requires the password', async () => {
    const { person, browser } = await aMember(app());
    const email = newAddress();

    const refused = await ask(browser, email, 'a wrong password for this user');

    assert.equal(refused.status, 422);
    assert.deepEqual(await mailsTo(app(), email), []);
    assert.equal(await emailOf(app(), person), person.email);
  });

  it('requires a session', async () => {
    const page = await app().browser().open('/auth/account/email');

    assert.equal(page.url.pathname, '/auth/sign-in');
  });

  it('returns the same response for an address in use and informs its mailbox only', async () => {
    const owner = await app().createUser();
    const shown = new Set<string>();

    for (const email of [owner.email, newAddress()]) {
      const { person, browser } = await aMember(app());
      const page = await ask(browser, email, person.password);
      const wrong = await page.press('verify', { code: '123456' });
      const all = [await bareAnswer(page, email), await bareAnswer(wrong, email)];
      shown.add(JSON.stringify(all));
    }

    assert.equal(shown.size, 1, [...shown].join('\n\n'));
    const mail = await newestMail(app(), owner.email);
    assert.doesNotMatch(mail.text, /\d{6}$/m);
    assert.match(mail.subject, /already belongs to your/);
  });

  it('accepts exactly one plain address', async () => {
    const { person, browser } = await aMember(app());

    for (const email of ['no address', 'a@b.example\r\nBcc: c@d.example', '']) {
      const refused = await ask(browser, email, person.password);
      assert.ok([400, 422].includes(refused.status), email);
    }
  });

  it('invalidates earlier email tokens, at the request and at the change', async () => {
    const { person, browser, email } = await aMoving(app());
    const first = linkIn(await newestMail(app(), email), '/verify/link/');
    const other = newAddress();
    const recovery = await app().browser().open('/auth/recover');
    await recovery.press('recover', { email: person.email });
    const reset = linkIn(await newestMail(app(), person.email), '/recover/link/');

    const page = await ask(browser, other, person.password);
    const old = await browser.open(first);
    await page.press('verify', { code: codeIn(await newestMail(app(), other)) });

    assert.equal(old.errorCode, 'expired');
    assert.equal((await app().browser().open(reset)).errorCode, 'expired');
    assert.equal(await emailOf(app(), person), other);
  });

  it('fails when another user has since registered with the new address', async () => {
    const { person, email, page } = await aMoving(app());
    const code = codeIn(await newestMail(app(), email));
    await app().createUser({ email });

    const refused = await page.press('verify', { code });

    assert.equal(refused.status, 409);
    assert.equal(await emailOf(app(), person), person.email);
  });
});

describeApp('revert link in the old mailbox', {}, (app) => {
  it('cancels an unconfirmed change and signs the user out everywhere', async () => {
    const { person, browser, email, page } = await aMoving(app());
    const code = codeIn(await newestMail(app(), email));
    const link = linkIn(await newestMail(app(), person.email), '/auth/account/email/undo/');

    const undo = await app().browser().open(link);
    const stillThere = await browser.open('/auth/account');
    const done = await undo.press('continue');
    await page.press('verify', { code });

    assert.equal(stillThere.url.pathname, '/auth/account');
    assert.ok(done.has('signed-out'), done.text);
    assert.match(done.text, /Your email address hasn’t changed/);
    assert.equal(await emailOf(app(), person), person.email);
    assert.equal((await browser.open('/auth/account')).url.pathname, '/auth/sign-in');
  });

  it('reverts a confirmed change and the change after it', async () => {
    const { person, browser, email, page } = await aMoving(app());
    await page.press('verify', { code: codeIn(await newestMail(app(), email)) });
    const link = linkIn(await newestMail(app(), person.email), '/auth/account/email/undo/');
    const third = newAddress();
    const next = await ask(browser, third, person.password);
    await next.press('verify', { code: codeIn(await newestMail(app(), third)) });
    const rival = linkIn(await newestMail(app(), email), '/auth/account/email/undo/');

    await (await app().browser().open(link)).press('continue');

    assert.equal(await emailOf(app(), person), person.email);
    assert.equal((await app().browser().open(rival)).errorCode, 'expired');
    assert.equal((await app().browser().open(link)).errorCode, 'expired');
  });

  it('is not sent to an address that the user never verified', async () => {
    const { person, email } = await aMoving(app(), { emailVerified: false });

    const mail = await newestMail(app(), person.email);

    assert.doesNotMatch(mail.text, /undo/);
    assert.equal(mail.text.includes(email), false);
  });
});

it('link that reverts an email change expires after one week', async (t) => {
  const clock = holdClock(t);
  const app = await startTestApp(t);
  const { person, email, page } = await aMoving(app);
  await page.press('verify', { code: codeIn(await newestMail(app, email)) });
  const link = linkIn(await newestMail(app, person.email), '/auth/account/email/undo/');

  clock.advance(7 * 24 * 60 * 60 - 60);
  const early = await app.browser().open(link);
  clock.advance(60);
  const late = await app.browser().open(link);

  assert.deepEqual([early.has('continue'), late.errorCode], [true, 'expired']);
});
