// A server that cannot send mail offers nothing that only a mail could complete.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';

// Not a loopback address, so that there is no development mailbox either.
const exposed = { HOST: '0.0.0.0' };

describeApp('a server without a mail transport', { settings: exposed }, (app) => {
  it('does not offer a registration, a sign-in by email or a password reset, and says why', async () => {
    const rp = await app().relyingParty();
    const browser = app().browser();

    for (const page of [
      await browser.open('/auth/sign-in'),
      await browser.open((await rp.request()).url),
    ]) {
      assert.ok(page.has('sign-in'));
      assert.ok(page.has('no-mail'));
      assert.match(page.text, /doesn.t send email yet, so you can.t create an account/);
      assert.doesNotMatch(page.html, /href="[^"]*(?:register|recover|\/mail)"/);
    }
    assert.doesNotMatch((await browser.open('/')).html, /register/);
  });

  it('explains this at the addresses of these pages, too', async () => {
    for (const path of ['/auth/register', '/auth/recover']) {
      const page = await app().browser().open(path);
      assert.deepEqual([page.status, page.errorCode], [503, 'mail_unavailable'], path);
      assert.match(page.text, /doesn.t send email yet/);
    }
    assert.equal((await app().browser().open('/auth/sign-in/mail')).status, 404);
  });

  it('signs in a user with a password', async () => {
    const { email, password } = await app().createUser();
    const page = await app().browser().open('/auth/sign-in');

    const account = await page.press('sign-in', { login: email, password });

    assert.equal(account.url.pathname, '/auth/account');
  });
});

const later = { ...exposed, EMAIL_VERIFICATION: 'later' };

describeApp('registration that verifies the address later', { settings: later }, (app) => {
  it('is offered without a mail transport, and completes', async () => {
    const browser = app().browser();
    const signIn = await browser.open('/auth/sign-in');
    const form = await browser.open('/auth/register');

    const email = 'early@example.com';
    const account = await form.press('register', {
      email,
      password: 'lantern copper walnut drizzle',
    });

    assert.match(signIn.html, /\/auth\/register/);
    assert.ok(!signIn.has('no-mail'));
    assert.equal(account.url.pathname, '/auth/account');
  });
});

const withServer = { ...exposed, SMTP_URL: 'smtp://127.0.0.1:1' };

describeApp('a server with a mail server', { settings: withServer }, (app) => {
  it('offers all three', async () => {
    const { html } = await app().browser().open('/auth/sign-in');

    for (const path of ['register', 'recover', 'sign-in/mail'])
      assert.ok(html.includes(`/auth/${path}"`), path);
  });
});
