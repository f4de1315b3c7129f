// Registration, password reset and sign-in by email in a browser, with common mistakes.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { codeIn, linkIn, newestMail, otherThan } from '#test/support/steps/mailbox.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { allow, backAtApp, enterCode, readText, register } from '#test/support/browser/steps.ts';
import { seeError, seeHeading, signIn } from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

const password = 'lantern copper walnut drizzle';
const chosen = 'harbor pencil violet thunder';
const settings = { EMAIL_VERIFICATION: 'required' };
const german = { locale: 'de-DE' };

describeInBrowser('email tokens', { settings }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  async function askForPassword(page: Page, email: string): Promise<void> {
    await page.goto(at('/auth/sign-in'));
    await page.getByRole('link', { name: 'Forgot password?' }).click();
    await page.fill('input[name=email]', email);
    await page.click('#recover');
    await seeHeading(page, 'Check your inbox');
  }

  async function choose(page: Page, text = chosen): Promise<void> {
    await page.fill('input[name=password]', text);
    await page.click('#continue');
  }

  async function aForgetful(t: TestContext) {
    const person = await app().createUser();
    const { page } = await visit(t);
    await askForPassword(page, person.email);
    const mail = await newestMail(app(), person.email);
    return { person, page, code: codeIn(mail), link: linkIn(mail, '/recover/link/') };
  }

  describe('registration', () => {
    it('continues to the client after the code is entered, without JavaScript', async (t) => {
      const tiny = await startClientApp(t, app(), {});
      const { page } = await visit(t, { javaScriptEnabled: false });
      await page.goto(tiny.signInUrl());
      await page.getByRole('link', { name: 'Create an account' }).click();
      await register(page, { email: 'eve@example.org', password, name: 'Eve' });
      await seeHeading(page, 'Check your inbox');

      await page.reload();
      await enterCode(page, codeIn(await newestMail(app(), 'eve@example.org')));
      await allow(page);

      assert.notEqual(await backAtApp(page), '');
    });

    it('continues to the client from the link in a second tab', async (t) => {
      const tiny = await startClientApp(t, app(), { first_party: true });
      const { page, context } = await visit(t);
      await page.goto(tiny.signInUrl());
      await page.getByRole('link', { name: 'Create an account' }).click();
      await register(page, { email: 'tab@example.org', password });
      await seeHeading(page, 'Check your inbox');

      const tab = await context.newPage();
      await tab.goto(linkIn(await newestMail(app(), 'tab@example.org'), '/verify/link/'));
      await tab.click('#verify');

      assert.notEqual(await backAtApp(tab), '');
      await page.reload();
      await seeHeading(page, 'Your account');
    });

    it('asks for a new password when the link is opened in another browser', async (t) => {
      const { page } = await visit(t);
      await page.goto(at('/auth/register'));
      await register(page, { email: 'phone@example.org', password });
      const link = linkIn(await newestMail(app(), 'phone@example.org'), '/verify/link/');

      const { page: phone } = await visit(t, { viewport: { width: 390, height: 844 } });
      await phone.goto(link);
      assert.equal(await phone.inputValue('#email'), 'phone@example.org');
      await choose(phone);

      await seeHeading(phone, 'Your account');
    });
  });

  describe('password reset', () => {
    it('replaces the password with the code and signs the user in', async (t) => {
      const { person, page, code } = await aForgetful(t);

      await enterCode(page, code);
      await choose(page, 'a'.repeat(20));
      assert.match(await readText(page, '#password-problem'), /too repetitive/);
      await choose(page);
      assert.match(await readText(page, '#notice'), /new password is set/);
      await signIn(page, { ...person, password: chosen });

      await seeHeading(page, 'Your account');
    });

    it('explains that a link has been used and offers to start again', async (t) => {
      const { page, link } = await aForgetful(t);
      await page.goto(link);
      await choose(page);

      await page.goto(link);

      assert.match(await seeError(page, 'expired'), /has expired/);
    });

    it('explains that a link has expired and offers to start again', async (t) => {
      const { person, page, link } = await aForgetful(t);
      const { knex } = app().services.db;
      const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000);
      await knex('mail_proofs').where({ user_id: person.id }).update({ expires_at: yesterday });

      await page.goto(link);

      assert.match(await seeError(page, 'expired'), /start again/i);
    });

    it('explains the situation when the user goes back to the page of a used link', async (t) => {
      const { page, link } = await aForgetful(t);
      await page.goto(link);
      await choose(page);
      await seeHeading(page, 'Sign in');

      await page.goBack();

      await seeError(page, 'expired');
    });

    it('rejects the code after five wrong attempts while the link remains valid', async (t) => {
      const { page, code, link } = await aForgetful(t);

      for (let turn = 0; turn < 5; turn += 1) {
        await enterCode(page, otherThan(code));
        assert.match(await readText(page, '#code-problem'), /code is incorrect/);
      }
      await enterCode(page, code);

      assert.match(await readText(page, '#code-problem'), /no longer valid/);
      await page.goto(link);
      await choose(page);
      await seeHeading(page, 'Sign in');
    });

    it('accepts the link in another browser', async (t) => {
      const { link } = await aForgetful(t);
      const { page: other } = await visit(t);

      await other.goto(link);
      await choose(other);

      await seeHeading(other, 'Sign in');
    });
  });

  describe('sign-in by email', () => {
    it('continues to the client with the code on a phone without JavaScript', async (t) => {
      const tiny = await startClientApp(t, app(), { first_party: true });
      const person = await app().createUser({ emailVerified: true });
      const viewport = { width: 390, height: 844 };
      const { page } = await visit(t, { javaScriptEnabled: false, viewport });
      await page.goto(tiny.signInUrl());
      await page.getByRole('link', { name: 'Email me a sign-in code' }).click();
      await page.fill('input[name=email]', person.email);
      await page.click('#continue');

      await enterCode(page, 'abcdef');
      assert.match(await readText(page, '#code-problem'), /6-digit/);
      await enterCode(page, codeIn(await newestMail(app(), person.email)));

      assert.equal(await backAtApp(page), person.id);
    });

    it('warns in another browser and explains that a link has expired', async (t) => {
      const person = await app().createUser({ emailVerified: true });
      const { page } = await visit(t);
      await page.goto(at('/auth/sign-in/mail'));
      await page.fill('input[name=email]', person.email);
      await page.click('#continue');
      await seeHeading(page, 'Check your inbox');
      const link = linkIn(await newestMail(app(), person.email), '/sign-in/mail/link/');

      const { page: phone } = await visit(t);
      await phone.goto(link);
      assert.match(await readText(phone, 'main'), /This email was requested in another browser/);
      await phone.click('#sign-in');
      await seeHeading(phone, 'Your account');
      await phone.goBack();

      await seeError(phone, 'expired');
      await page.goto(link);
      await seeError(page, 'expired');
    });
  });

  it('has no accessibility violations (WCAG 2.2 AA) with long texts', async (t) => {
    const faults: string[] = [];
    const { page } = await visit(t, german);
    const see = async (name: string) => void faults.push(...(await inspect(page, name)));
    const email = `${'eve'.repeat(20)}@${'long.'.repeat(9)}example`;
    const person = await app().createUser({ email });

    await page.goto(at('/auth/recover'));
    await see('recover');
    await page.fill('input[name=email]', email);
    await page.click('#recover');
    await page.waitForSelector('#verify');
    await see('recover-code');
    // A page with a script submits only codes of six digits by itself.
    await page.fill('input[name=code]', '1234567');
    await page.click('#verify');
    await page.waitForSelector('[role=alert]');
    await see('recover-code, with an error');
    await page.goto(linkIn(await newestMail(app(), email), '/recover/link/'));
    await see('new-password');
    await page.goto(at('/auth/sign-in/mail'));
    await see('mail-sign-in');
    await page.fill('input[name=email]', email);
    await page.click('#continue');
    await page.waitForSelector('#verify');
    await page.goto(linkIn(await newestMail(app(), email), '/sign-in/mail/link/'));
    await see('mail-sign-in-link');
    await page.goto(at('/auth/register'));
    await register(page, { email: `new${email.slice(3)}`, password });
    await page.waitForSelector('#verify');
    await see('verify');
    await page.goto(linkIn(await newestMail(app(), `new${email.slice(3)}`), '/verify/link/'));
    await see('verify-link');
    await page.goto(at('/auth/sign-in'));
    await signIn(page, person);
    await page.waitForSelector('#change-email');
    await page.goto(at('/auth/account/email'));
    await see('email');
    await page.goto(at('/auth/dev/mail'));
    await page.locator('main a').first().click();
    await page.waitForSelector('#message');
    await see('mail');

    assert.deepEqual(faults, []);
  });
});
