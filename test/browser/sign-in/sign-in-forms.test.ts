// What a script adds to the sign-in forms. Every form works without it, as other tests show.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { codeIn, newestMail } from '#test/support/steps/mailbox.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { focusedId, readText, seeHeading, signIn } from '#test/support/browser/steps.ts';

const chosen = 'harbor pencil violet thunder';

describeInBrowser('sign-in form', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;
  /** The ids of the visible buttons that are filled with the accent color. */
  const filledButtons = (page: Page) =>
    page.evaluate<string[]>(`[...document.querySelectorAll('main :is(button, .button)')]
      .filter((button) => button.checkVisibility({ visibilityProperty: true }))
      .filter((button) => {
        const accent = getComputedStyle(document.querySelector('.tick > :checked')).backgroundColor;
        return getComputedStyle(button).backgroundColor === accent;
      })
      .map(({ id }) => id)`);
  const valueOf = (page: Page, name: string) => page.inputValue(`input[name=${name}]`);

  it('keeps the typed address throughout the password reset, and submits the code automatically', async (t) => {
    const person = await app().createUser();
    const { page } = await visit(t);
    await page.goto(at('/auth/sign-in'));

    await page.fill('input[name=login]', person.email);
    await page.getByRole('link', { name: 'Forgot password?' }).click();
    await seeHeading(page, 'Forgot password?');
    assert.equal(await valueOf(page, 'email'), person.email);
    await page.click('#recover');
    await seeHeading(page, 'Check your inbox');
    assert.equal(await page.isDisabled('#send-again'), true);
    await page.locator('#code').pressSequentially(codeIn(await newestMail(app(), person.email)));
    await page.waitForURL(at('/auth/recover/password'));
    await page.fill('input[name=password]', chosen);
    await page.click('#continue');

    await seeHeading(page, 'Sign in');
    assert.equal(await valueOf(page, 'login'), person.email);
    await page.goto(at('/auth/sign-in'));
    assert.equal(await valueOf(page, 'login'), '');
  });

  it('counts down until another email can be requested, and says that it was sent', async (t) => {
    const person = await app().createUser();
    const { page } = await visit(t);
    await page.clock.install();
    await page.goto(at('/auth/recover'));
    await page.fill('input[name=email]', person.email);
    await page.click('#recover');
    await seeHeading(page, 'Check your inbox');

    assert.match(await readText(page, '#send-again'), /\(0:30\)$/);
    await page.clock.runFor(10_000);
    assert.match(await readText(page, '#send-again'), /\(0:20\)$/);
    await page.clock.runFor(20_000);
    assert.equal(await page.isEnabled('#send-again'), true);
    await page.click('#send-again');

    await page.getByText('We sent you another email').waitFor();
    assert.equal(await page.isDisabled('#send-again'), true);
  });

  it('explains invalid fields in its own words, at the field', async (t) => {
    const { page } = await visit(t);
    await page.goto(at('/auth/register'));

    await page.fill('input[name=email]', 'ada');
    await page.fill('input[name=password]', 'short');
    await page.click('#register');

    assert.match(await readText(page, '#email-problem'), /Enter a valid email address/);
    assert.match(await readText(page, '#password-problem'), /Use at least \d+ characters/);
    assert.equal(await focusedId(page), 'email');
    await page.fill('input[name=email]', 'ada@example.org');
    assert.equal(await page.locator('#email-problem').count(), 0);
    assert.deepEqual(await inspect(page, 'register'), []);
  });

  it('shows the strength of a new password and that Caps Lock is on', async (t) => {
    const { page } = await visit(t);
    await page.goto(at('/auth/register'));
    const levels: string[] = [];

    for (const text of ['lantern', 'aaaaaaaaaaaaaaaaaaaa', 'lantern copper walnut drizzle']) {
      await page.fill('input[name=password]', text);
      levels.push(await readText(page, '.strength p'));
    }
    await page.dispatchEvent('#password', 'keydown', { key: 'A', modifierCapsLock: true });

    assert.match(levels[0] ?? '', /^7 \/ \d+$/);
    assert.deepEqual(levels.slice(1), ['Easy to guess', 'Strong']);
    assert.equal(await page.isVisible('[data-caps-lock]'), true);
  });

  it('marks the method that was used last, after signing out and in again', async (t) => {
    const person = await app().createUser();
    const { page } = await visit(t);
    await page.goto(at('/auth/sign-in'));
    assert.equal(await page.locator('.tag').count(), 0);
    await signIn(page, person);
    await page.goto(at('/oauth2/logout'));
    await page.click('#sign-out');
    await page.waitForSelector('#signed-out');

    await page.getByRole('link', { name: 'Sign in again' }).click();

    await seeHeading(page, 'Sign in');
    assert.match(await readText(page, '#sign-in'), /Last used/);
    assert.deepEqual(await filledButtons(page), ['sign-in']);
    await page.getByRole('link', { name: 'Email me a sign-in code' }).click();
    await page.fill('input[name=email]', person.email);
    await page.click('#continue');
    await seeHeading(page, 'Check your inbox');
    assert.deepEqual(await inspect(page, 'code'), []);
    await page.fill('input[name=code]', codeIn(await newestMail(app(), person.email)));
    await seeHeading(page, 'Your account');
    const cookies = await page.context().cookies();
    assert.equal(cookies.find(({ name }) => name === 'ostiary-method')?.value, 'email');

    await page.goto(at('/oauth2/logout'));
    await page.click('#sign-out');
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await seeHeading(page, 'Sign in');
    assert.deepEqual(await filledButtons(page), ['by-mail']);
    assert.deepEqual(await page.locator('.or').allInnerTexts(), ['or']);
    assert.deepEqual(await inspect(page, 'email first'), []);
  });
});
