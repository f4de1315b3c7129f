// The panel in a browser: every page at every size and in both color schemes, without script, by keyboard,
// and the tasks of an administrator.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { seed } from '#test/support/steps/panel.ts';

type Seeded = Awaited<ReturnType<typeof seed>>;

function pathsOf({ busy, sessionUid, familyId, clientId }: Seeded): readonly string[] {
  return [
    '',
    '/start',
    '/users',
    '/users/new',
    `/users/${busy.id}`,
    `/users/${busy.id}/block`,
    '/sessions',
    `/sessions/${sessionUid}`,
    `/families/${familyId}`,
    '/clients',
    '/clients/new',
    '/clients/new/web',
    `/clients/${clientId}`,
    `/clients/${clientId}/edit`,
    '/resources',
    '/audit',
    '/outbox',
    '/keys',
    '/settings',
  ];
}

describeInBrowser('the panel', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}/auth/admin${path}`;

  async function enter(page: Page, { admin }: Seeded): Promise<void> {
    await page.goto(at(''));
    await signIn(page, admin);
    await seeHeading(page, 'Overview');
  }

  it('has no accessibility violations on any page (WCAG 2.2 AA)', async (t) => {
    const seeded = await seed(app());
    const { page } = await visit(t);
    await enter(page, seeded);
    const faults: string[] = [];

    for (const path of pathsOf(seeded)) {
      await page.goto(at(path));
      faults.push(...(await inspect(page, path)));
    }

    assert.deepEqual(faults, []);
  });

  it('works without script: an administrator blocks a user and reads the receipt', async (t) => {
    const seeded = await seed(app());
    const { page } = await visit(t, { javaScriptEnabled: false });
    await enter(page, seeded);
    const { busy } = seeded;

    await page.click('.panel-nav a[href$="/users"]');
    await page.fill('#q', busy.email);
    await page.click('#search');
    await page.click(`a[href$="${busy.id}"]`);
    await page.click('.more > summary');
    await page.click('#act-block');
    await page.fill('#reason', 'Stolen laptop');
    await page.click('#submit');
    await seeHeading(page, `${busy.email} is blocked`);

    assert.match((await page.textContent('main')) ?? '', /Sessions ended/);
  });

  it('searches users while the administrator types', async (t) => {
    const seeded = await seed(app());
    const { page } = await visit(t);
    await enter(page, seeded);
    await page.goto(at('/users'));

    await page.locator('#q').pressSequentially(seeded.busy.email);
    await page.locator('tbody > tr:nth-child(2)').waitFor({ state: 'detached' });

    assert.ok(page.url().includes(encodeURIComponent(seeded.busy.email)), page.url());
    assert.equal(await page.evaluate('document.activeElement.id'), 'q');
  });

  it('registers a client with the keyboard alone', async (t) => {
    const seeded = await seed(app());
    const { page } = await visit(t);
    await enter(page, seeded);
    await page.goto(at('/clients/new'));

    await page.focus('#kind-spa');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#name');
    await page.focus('#name');
    await page.keyboard.type('Notes');
    await page.keyboard.press('Tab');
    await page.keyboard.type('https://notes.example/');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    await seeHeading(page, 'Notes is registered');
    await page.waitForSelector('[data-copy]:visible');
  });

  it('has a menu on a phone, which opens without script', async (t) => {
    const seeded = await seed(app());
    const viewport = { width: 390, height: 844 };
    const { page } = await visit(t, { viewport, javaScriptEnabled: false });
    await enter(page, seeded);

    assert.equal(await page.isVisible('.panel-nav'), false);
    await page.click('.panel-menu summary');
    await page.click('.panel-menu a[href$="/clients"]');

    await seeHeading(page, 'Clients');
  });

  it('offers a user without the role another account', async (t) => {
    const { other, admin } = await seed(app());
    const { page } = await visit(t);
    await page.goto(at(''));
    await signIn(page, other);
    await seeHeading(page, 'For administrators only');

    await page.click('#other-account');
    await signIn(page, admin);

    await seeHeading(page, 'Overview');
  });
});
