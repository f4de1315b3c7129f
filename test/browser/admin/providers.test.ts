// Identity providers in the panel, in a browser: accessibility, and everything from the list to the deletion
// without script.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';

const by = { kind: 'operator' } as const;
const fixed = {
  id: 'fixed',
  name: 'Fixed',
  issuer: 'https://fixed.example.com',
  client_id: 'ostiary',
  client_secret: 'fixed-secret',
};
const options = { settings: { SIGN_IN_PROVIDERS: JSON.stringify([fixed]) } };

describeInBrowser('identity providers in the panel', options, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}/auth/admin/providers${path}`;

  async function enter(page: Page): Promise<void> {
    const admin = await app().createUser();
    await app().services.roles.grant(admin.id, 'admin', new Date());
    await page.goto(at(''));
    await signIn(page, admin);
    await seeHeading(page, 'Identity providers');
  }

  it('have no accessibility violations on any page (WCAG 2.2 AA)', async (t) => {
    const { page } = await visit(t, { viewport: { width: 390, height: 844 } });
    await enter(page);
    const entry = { id: 'corp', name: 'Corp', issuer: 'https://corp.example', client_id: 'x' };
    const made = { entry, secret: { client_secret: 's' }, enabled: true };
    await app().services.identityProviders.create(made, by);
    const faults: string[] = [];
    const paths = [
      '',
      '/new',
      '/new/google',
      '/new/microsoft',
      '/new/openid',
      '/new/broker/github',
    ];
    const own = ['', '/edit', '/disable', '/delete', '/test'].map((path) => `/corp${path}`);

    for (const path of [...paths, ...own, '/fixed']) {
      await page.goto(at(path));
      faults.push(...(await inspect(page, path)));
    }

    assert.deepEqual(faults, []);
  });

  it('are added, disabled and deleted without script', async (t) => {
    const { page } = await visit(t, { javaScriptEnabled: false });
    await enter(page);
    await page.click('#new-provider');
    await page.click('#kind-google');
    await page.fill('#client_id', '1234.apps.googleusercontent.com');
    await page.click('#submit');
    const problem = await page.textContent('#error');
    await page.fill('#client_secret', 'GOCSPX-secret');
    await page.click('#submit');
    await seeHeading(page, 'Google active');
    const uri = await page.textContent('#redirect-uri');
    const offered = await app().browser().open('/auth/sign-in');

    await page.click('.more > summary');
    await page.click('#act-disable');
    await page.fill('#reason', 'A test');
    await page.click('#submit');
    await seeHeading(page, 'Google disabled');
    await page.click('.more > summary');
    await page.click('#act-delete');
    await page.fill('#reason', 'A test');
    await page.click('#submit');
    await seeHeading(page, 'Identity providers');

    assert.match(problem ?? '', /needs either client_secret or private_key/);
    assert.equal(uri, `${app().issuer}/auth/with/google/callback`);
    assert.match(offered.text, /Continue with Google/);
    assert.doesNotMatch((await page.textContent('table')) ?? '', /Google/);
    const events = await app().services.auditSearch.search(
      { event: 'provider.deleted' },
      { after: undefined, limit: 5 },
    );
    assert.equal(events.items.length, 1);
  });

  it('of the settings are shown, but cannot be changed', async (t) => {
    const { page } = await visit(t);
    await enter(page);

    await page.click('a[href$="/providers/fixed"]');

    await seeHeading(page, 'Fixed active');
    assert.match((await page.textContent('#from-settings')) ?? '', /SIGN_IN_PROVIDERS/);
    assert.equal(await page.isVisible('#act-edit'), false);
  });
});
