// Second factor in a real browser, including common mistakes of users.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { Person } from '#test/support/actors/relying-party.ts';
import { codeOf } from '#test/support/steps/totp.ts';
import { newestMail } from '#test/support/steps/mailbox.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { allow, backAtApp, readText, seeHeading, signIn } from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

const phone = { viewport: { width: 390, height: 844 } };

describeInBrowser('TOTP in a browser', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  async function openSignIn(page: Page, person: Person): Promise<void> {
    await page.goto(at('/auth/sign-in'));
    await signIn(page, person);
  }

  async function typeCode(page: Page, code: string): Promise<void> {
    // Six digits are submitted automatically unless a checkbox follows. The code runs in the page.
    const sends =
      'matchMedia("(scripting: enabled)").matches && !!document.querySelector("form:has([data-digits]):not(:has(#trust))")';
    await page.waitForSelector('input[name=code]');
    const isSent = /^\d{6}$/.test(code) && (await page.evaluate<boolean>(sends));
    await page.fill('input[name=code]', code);
    if (isSent) return;
    await page.locator('#verify, #renew, #remove').first().click();
  }

  /** Enables TOTP from the account page and continues to the recovery codes. */
  async function setUp(page: Page, { password }: Person) {
    await page.getByRole('main').getByRole('link', { name: 'Two-step verification' }).click();
    await page.fill('input[name=password]', password);
    await page.click('#set-up');
    await seeHeading(page, 'Set up an authenticator app');
    const secret = (await readText(page, 'main code')).replaceAll(' ', '');
    await typeCode(page, codeOf(secret));
    await seeHeading(page, 'Your recovery codes');
    const recoveryCodes = await page.locator('#recovery-codes code').allTextContents();
    return { secret, recoveryCodes };
  }

  async function aCarefulPerson(page: Page) {
    const person = await app().createUser();
    await openSignIn(page, person);
    const codes = await setUp(page, person);
    await page.context().clearCookies();
    return { person, ...codes };
  }

  it('lets the user download the recovery codes and copy the key', async (t) => {
    const { page, context } = await visit(t);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const person = await app().createUser();
    await openSignIn(page, person);
    await page.goto(`${app().issuer}/auth/account/codes`);
    await page.fill('input[name=password]', person.password);
    await page.click('#set-up');
    await page.click('[data-copy]');
    const secret = (await readText(page, '#secret')).replaceAll(' ', '');
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), secret);
    await typeCode(page, codeOf(secret));
    await seeHeading(page, 'Your recovery codes');
    assert.match(await readText(page, '#notice'), /Two-step verification is on/);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('[data-download]'),
    ]);

    const codes = await page.locator('#recovery-codes code').allTextContents();
    assert.equal(readFileSync(await download.path(), 'utf8'), `${codes.join('\n')}\n`);
  });

  for (const javaScriptEnabled of [true, false]) {
    it(`is enabled and requested ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
      const tiny = await startClientApp(t, app());
      const { page } = await visit(t, { ...phone, javaScriptEnabled });
      const { person, secret, recoveryCodes } = await aCarefulPerson(page);
      assert.equal(recoveryCodes.length, 10);

      await page.goto(tiny.signInUrl());
      await signIn(page, person);
      await seeHeading(page, 'One more step');
      await typeCode(page, codeOf(secret, 1));
      await allow(page);

      assert.equal(await backAtApp(page), person.id);
    });
  }

  describe('errors', () => {
    it('rejects every code after ten wrong ones and informs the user', async (t) => {
      const { page } = await visit(t);
      const { person, secret } = await aCarefulPerson(page);
      await openSignIn(page, person);

      for (let turn = 0; turn < 10; turn += 1) {
        await typeCode(page, `00000${turn}`);
        assert.match(await readText(page, '#code-problem'), /incorrect|Too many wrong codes/);
      }
      await typeCode(page, codeOf(secret, 1));

      assert.match(await readText(page, '#code-problem'), /at least 15 minutes/);
      const { subject } = await newestMail(app(), person.email);
      assert.match(subject, /Too many wrong codes/);
    });

    it('accepts a recovery code when the phone is lost, and TOTP can be disabled', async (t) => {
      const { page } = await visit(t);
      const { person, recoveryCodes } = await aCarefulPerson(page);
      await openSignIn(page, person);
      await page.getByRole('link', { name: 'Use a recovery code' }).click();
      await typeCode(page, recoveryCodes[0] ?? '');
      await seeHeading(page, 'Your account');

      await page.getByRole('main').getByRole('link', { name: 'Two-step verification' }).click();
      assert.match(await readText(page, 'main'), /9 unused recovery codes/);
      await page.getByRole('link', { name: 'Turn off' }).click();
      await page.fill('input[name=password]', person.password);
      await page.fill('input[name=code]', recoveryCodes[1] ?? '');
      await page.click('#remove');
      await page.waitForSelector('#set-up');
      await page.context().clearCookies();
      await openSignIn(page, person);

      await seeHeading(page, 'Your account');
    });

    it('continues in a tab after another tab has completed the sign-in', async (t) => {
      const { page, context } = await visit(t);
      const { person, secret, recoveryCodes } = await aCarefulPerson(page);
      await openSignIn(page, person);
      const tab = await context.newPage();
      await openSignIn(tab, person);
      await typeCode(tab, codeOf(secret, 1));
      await seeHeading(tab, 'Your account');

      await typeCode(page, recoveryCodes[0] ?? '');

      await seeHeading(page, 'Your account');
    });

    it('opens nothing when the user goes back after the code was accepted', async (t) => {
      const { page } = await visit(t);
      const tiny = await startClientApp(t, app(), { first_party: true });
      const { person, secret } = await aCarefulPerson(page);
      await page.goto(tiny.signInUrl());
      await signIn(page, person);
      await typeCode(page, codeOf(secret, 1));
      await backAtApp(page);

      await page.goBack();

      await seeHeading(page, 'This sign-in is complete');
    });
  });

  it('has pages without accessibility violations (WCAG 2.2 AA) with long texts', async (t) => {
    const faults: string[] = [];
    const { page } = await visit(t, { locale: 'de-DE' });
    const see = async (name: string) => void faults.push(...(await inspect(page, name)));
    const person = await app().createUser();
    await openSignIn(page, person);
    await page.goto(at('/auth/account/codes'));
    await see('codes, off');
    await page.fill('input[name=password]', person.password);
    await page.click('#set-up');
    await page.waitForSelector('#verify');
    await see('codes, new');
    const secret = (await readText(page, 'main code')).replaceAll(' ', '');
    await typeCode(page, '000000');
    await page.waitForSelector('[role=alert]');
    await see('codes, new, with an error');
    await typeCode(page, codeOf(secret));
    await page.waitForSelector('#recovery-codes');
    await see('recovery codes');
    await page.goto(at('/auth/account/codes'));
    await see('codes, on');
    await page.context().clearCookies();
    await openSignIn(page, person);
    await page.waitForSelector('#verify');
    await see('second factor');
    await typeCode(page, '000000');
    await page.waitForSelector('[role=alert]');
    await see('second factor, with an error');

    assert.deepEqual(faults, []);
  });
});
