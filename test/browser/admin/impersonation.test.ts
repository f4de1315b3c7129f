// An impersonation in a browser: without script and by keyboard, and the banner on pages of every
// kind, in every size and both color schemes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { signIn } from '#test/support/browser/steps.ts';
import { impersonating } from '#test/support/steps/impersonation.ts';

describeInBrowser('an impersonation', { settings: impersonating }, ({ app, visit }) => {
  async function begin(page: Page) {
    const admin = await app().createUser();
    await app().services.roles.grant(admin.id, 'admin', new Date());
    const user = await app().createUser({ claims: { name: 'Mary Poppins' } });
    await page.goto(`${app().issuer}/auth/admin/users/${user.id}`);
    await signIn(page, admin);
    await page.click('.more > summary');
    await page.click('#act-impersonate');
    await page.fill('#reason', 'Case 4711');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#impersonation-end');
    return user;
  }

  async function isBannerVisible(page: Page): Promise<boolean> {
    return page.evaluate(`(() => {
      const { top, bottom } = document.querySelector('#impersonation').getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight + 1;
    })()`);
  }

  it('has no accessibility violations and an always visible banner on any page', async (t) => {
    const { page } = await visit(t);
    await begin(page);
    const client = await app().createClient({ client_name: 'Tasks' });
    const { url } = await app()
      .relyingPartyOf(client)
      .then((rp) => rp.request());
    const paths = [
      '/auth/account',
      '/auth/account/sessions',
      '/auth/account/password',
      '/auth/admin',
    ];
    const faults: string[] = [];

    for (const target of [...paths.map((path) => app().issuer + path), url.href]) {
      await page.goto(target);
      faults.push(...(await inspect(page, target)));
      assert.equal(await isBannerVisible(page), true, target);
    }

    assert.deepEqual(faults, []);
  });

  it('ends with the keyboard, without script', async (t) => {
    const { page } = await visit(t, { javaScriptEnabled: false });
    const user = await begin(page);

    await page.focus('#impersonation-end');
    await page.keyboard.press('Enter');

    await page.waitForSelector('#act-impersonate', { state: 'attached' });
    assert.ok(page.url().endsWith(`/auth/admin/users/${user.id}`));
    assert.equal(await page.locator('#impersonation').count(), 0);
  });
});
