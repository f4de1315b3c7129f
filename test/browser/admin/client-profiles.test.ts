// The profile of a client in the panel: shown with its violations, and changed without script.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';

describeInBrowser('the profile of a client in the panel', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}/auth/admin/clients/${path}`;

  async function enter(page: Page, path: string): Promise<void> {
    const admin = await app().createUser();
    await app().services.roles.grant(admin.id, 'admin', app().services.now());
    await page.goto(`${app().issuer}/auth/admin`);
    await signIn(page, admin);
    await seeHeading(page, 'Overview');
    await page.goto(at(path));
  }

  const aLegacyClient = () =>
    app().createClient({ auth: 'client_secret_basic', require_pkce: 'off' });

  it('has no accessibility violations where violations are listed, and in the form', async (t) => {
    const { clientId } = await aLegacyClient();
    const { page } = await visit(t);
    await enter(page, clientId);
    await page.waitForSelector('#checks');

    const faults = [...(await inspect(page, 'client'))];
    await page.goto(at(`${clientId}/edit`));
    await page.waitForSelector('#profile');
    await page.click('#security-fields > summary');
    await page.getByLabel('Signature of ID tokens').waitFor();
    faults.push(...(await inspect(page, 'edit')));

    assert.deepEqual(faults, []);
  });

  it('lists violations, refuses a profile that is contradicted, and enforces it', async (t) => {
    const { clientId } = await aLegacyClient();
    const { page } = await visit(t, { javaScriptEnabled: false });
    await enter(page, clientId);
    const choose = async (others: string) => {
      await page.selectOption('#profile', 'oauth2.1');
      await page.fill('#others', others);
      await page.fill('#reason', 'Review');
      await page.click('#submit');
    };

    await page
      .locator('#checks', { hasText: 'violates OAuth 2.1' })
      .getByText('Set require_pkce to true or false.')
      .waitFor();
    await page.click('#act-edit');
    await page.click('#advanced-fields > summary');
    await choose('');
    await page.getByText('Profile oauth2.1: Neither PKCE nor a nonce is required').waitFor();
    await choose('{ "require_pkce": true }');

    await page.getByText('The changes are saved.').waitFor();
    await page.goto(at(clientId));
    await page.getByText('This client complies with OAuth 2.1.').waitFor();
    const stored = await app().services.clientStore.find(clientId);
    assert.equal(stored?.metadata['profile'], 'oauth2.1');
  });
});
