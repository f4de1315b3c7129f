// The pages about several accounts, trusted devices and "Stay signed in" in a browser: with and
// without script, accessible, also at 320 px and right to left.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import type { Person } from '#test/support/actors/relying-party.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';

async function addAccount(page: Page, issuer: string, { email, password }: Person): Promise<void> {
  await page.goto(`${issuer}/auth/sign-in?account=other`);
  await page.fill('input[name=login]', email);
  await page.fill('input[name=password]', password);
  await page.click('#sign-in');
  await page.waitForURL(/\/auth\/account$/);
}

describeInBrowser('the accounts of a browser', {}, (stage) => {
  const { app, visit } = stage;

  for (const options of [
    { locale: 'de-DE', javaScriptEnabled: true },
    { locale: 'ar', javaScriptEnabled: true },
    { locale: 'en', javaScriptEnabled: false },
  ]) {
    it(`are chosen, removed and signed out: ${JSON.stringify(options)}`, async (t) => {
      const { page } = await visit(t, options);
      const { issuer } = app();
      const name = `${options.locale}-${'eve'.repeat(18)}`;
      const long = await app().createUser({ email: `${name}@${'long.'.repeat(9)}com` });
      const people = [await app().createUser(), long, await app().createUser()];
      for (const person of people) await addAccount(page, issuer, person);
      await app().services.blocking.endSessionsOf(people[0]?.id ?? '', { kind: 'operator' });

      await page.goto(`${issuer}/auth/account`);
      await page.click('#switch-account');
      if (options.javaScriptEnabled) assert.deepEqual(await inspect(page, 'chooser'), []);
      await page.click('#account-2');
      await page.waitForURL(/\/auth\/account$/);
      await page.goto(`${issuer}/auth/accounts`);
      await page.click('#remove-3');
      await page.click('#sign-out-all');

      assert.equal(await page.locator('#signed-out').count(), 1);
    });
  }
});

describeInBrowser('"Stay signed in" and "Trust this device"', {}, (stage) => {
  const { app, visit } = stage;

  it('copies the tick to the forms of the other sign-in methods', async (t) => {
    const { page } = await visit(t);
    await page.goto(`${app().issuer}/auth/sign-in`);
    const copy = page.locator('[data-passkey] input[data-stay]');
    assert.equal(await copy.getAttribute('name'), 'stay');

    await page.uncheck('#stay');

    assert.equal(await copy.getAttribute('name'), '');
  });
});
