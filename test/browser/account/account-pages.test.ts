// The account pages in a real browser: their content, the changes they make, and their
// accessibility.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import {
  allow,
  backAtApp,
  readText,
  seeHeading,
  seeNobodyIn,
  signIn,
} from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

const phone = { viewport: { width: 390, height: 844 } };

describeInBrowser('account pages', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  async function follow(page: Page, name: string): Promise<void> {
    await page.goto(at('/auth/account'));
    await page.getByRole('main').getByRole('link', { name, exact: true }).click();
  }

  for (const javaScriptEnabled of [true, false]) {
    it(`work on a phone ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
      const person = await app().createUser();
      const tiny = await startClientApp(t, app(), { client_name: 'Tasks' });
      const { page } = await visit(t, { ...phone, javaScriptEnabled });
      await page.goto(tiny.signInUrl({ scope: 'openid profile' }));
      await signIn(page, person);
      await allow(page);
      await backAtApp(page);
      const { page: other } = await visit(t);
      await other.goto(at('/auth/sign-in'));
      await signIn(other, person);
      await seeHeading(other, 'Your account');

      await follow(page, 'Profile');
      await page.fill('input[name=nickname]', 'Countess');
      await page.locator('main form button').last().click();
      await follow(page, 'Profile');
      assert.equal(await page.inputValue('input[name=nickname]'), 'Countess');

      await follow(page, 'Where you’re signed in');
      await page.click('#end-others');
      await seeNobodyIn(other, app().issuer);

      await follow(page, 'Connected apps');
      await page.locator('main summary').click();
      assert.match(await readText(page, 'main'), /See your name and profile/);
      await page.click('#revoke-1');
      await follow(page, 'Connected apps');
      assert.equal(await page.locator('#revoke-1').count(), 0);

      await follow(page, 'Recent activity');
      assert.match(await readText(page, 'main'), /signed in/i);

      await follow(page, 'Delete account');
      await page.fill('input[name=password]', person.password);
      await page.click('#delete');
      await seeHeading(page, 'Your account will be deleted');
      await page.goto(at('/auth/sign-in'));
      await signIn(page, person);
      await page.getByRole('button', { name: 'Keep my account' }).click();
      await page.goto(at('/auth/account'));
      assert.doesNotMatch(await readText(page, 'main'), /will be deleted/);
    });
  }

  for (const locale of ['de-DE', 'ar']) {
    it(`have no accessibility violations (WCAG 2.2 AA): ${locale}`, async (t) => {
      const faults: string[] = [];
      const { page } = await visit(t, { locale });
      const person = await app().createUser({ claims: { name: 'Ada '.repeat(12).trim() } });
      const tiny = await startClientApp(t, app(), { client_name: 'Ein Werkzeug für jeden Zweck' });
      await page.goto(tiny.signInUrl({ scope: 'openid profile email phone address' }));
      await signIn(page, person);
      await allow(page);
      await backAtApp(page);

      await page.goto(at('/auth/account'));
      const paths = await page
        .locator('main a[href*="/auth/account/"]')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
      for (const path of ['/auth/account', ...paths]) {
        await page.goto(new URL(path, app().issuer).href);
        faults.push(...(await inspect(page, path)));
      }

      assert.ok(paths.length >= 9, String(paths));
      assert.deepEqual(faults, []);
    });
  }
});
