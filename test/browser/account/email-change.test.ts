// Email addresses in a real browser: changing the address, reverting a change, and invitations,
// including common mistakes of users.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { codeIn, linkIn, newestMail } from '#test/support/steps/mailbox.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import {
  enterCode,
  readText,
  seeError,
  seeHeading,
  seeNobodyIn,
  signIn,
} from '#test/support/browser/steps.ts';

const phone = { viewport: { width: 390, height: 844 } };
const settings = { REGISTRATION: 'invite' };
const password = 'lantern copper walnut drizzle';

describeInBrowser('email address', { settings }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  /** A user who has requested a change that is not yet verified. */
  async function askFor(page: Page, email: string) {
    const person = await app().createUser({ emailVerified: true });
    await page.goto(at('/auth/sign-in'));
    await signIn(page, person);
    await page.click('#change-email');
    await page.fill('input[name=email]', email);
    await page.fill('input[name=password]', person.password);
    await page.click('#continue');
    await seeHeading(page, 'Check your inbox');
    return person;
  }

  it('is changed with the code without JavaScript and reverted in another browser', async (t) => {
    const { page } = await visit(t, { ...phone, javaScriptEnabled: false });
    const person = await askFor(page, 'moved@example.org');

    await enterCode(page, codeIn(await newestMail(app(), 'moved@example.org')));
    assert.match(await readText(page, '.banner'), /moved@example\.org/);

    const undo = linkIn(await newestMail(app(), person.email), '/email/undo/');
    const { page: other } = await visit(t);
    const faults: string[] = [];
    await other.goto(undo);
    await seeHeading(other, 'Didn’t change your email address?');
    faults.push(...(await inspect(other, 'email-undo')));
    await other.click('#continue');
    await seeHeading(other, 'Your email address has been restored');
    faults.push(...(await inspect(other, 'email-undone')));
    await seeNobodyIn(page, app().issuer);
    await other.goto(undo);
    await seeError(other, 'expired');
    assert.deepEqual(faults, []);
  });

  it('is changed by the link, which requires the password in another browser', async (t) => {
    const { page, context } = await visit(t);
    const person = await askFor(page, 'tab@example.org');
    const link = linkIn(await newestMail(app(), 'tab@example.org'), '/verify/link/');

    const { page: other } = await visit(t, phone);
    await other.goto(link);
    assert.deepEqual(await inspect(other, 'verify-link, elsewhere'), []);
    await other.fill('input[name=password]', 'not hers');
    await other.click('#verify');
    assert.match(await readText(other, '#password-problem'), /incorrect/);
    const tab = await context.newPage();
    await tab.goto(link);
    await tab.click('#verify');
    await seeHeading(tab, 'Your account');
    await tab.goBack();
    await seeError(tab, 'expired');

    await other.fill('input[name=password]', person.password);
    await other.click('#verify');
    await seeError(other, 'expired');
  });

  it('is invited, creates one account, and the link then leads to that account', async (t) => {
    const { invitations } = app().services;
    assert.ok((await invitations.invite('guest@example.org', undefined)).ok);
    const link = linkIn(await newestMail(app(), 'guest@example.org'), '/invitation/');
    const { page } = await visit(t, phone);

    await page.goto(at('/auth/sign-in'));
    assert.equal(await page.getByRole('link', { name: 'Create an account' }).count(), 0);
    await page.goto(link);
    await seeHeading(page, 'You’re invited to Ostiary');
    assert.deepEqual(await inspect(page, 'invitation'), []);
    await page.fill('input[name=name]', 'Guest');
    await page.fill('input[name=password]', 'a'.repeat(20));
    await page.click('#register');
    assert.match(await readText(page, '#password-problem'), /too repetitive/);
    assert.equal(await page.inputValue('input[name=name]'), 'Guest');
    await page.fill('input[name=password]', password);
    await page.click('#register');
    await seeHeading(page, 'Your account');
    await page.goto(link);
    await seeError(page, 'expired');

    await page.context().clearCookies();
    await page.goto(at('/auth/sign-in'));
    await signIn(page, { email: 'guest@example.org', password });
    await seeHeading(page, 'Your account');
  });
});
