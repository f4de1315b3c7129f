// The panel page with keys: accessible, and usable without script.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import type { TestApp } from '#test/support/app.ts';

/** For development only: screenshots of the pages. */
const shots = process.env['SHOTS'];

describeInBrowser('keys in the panel', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}/auth/admin${path}`;

  async function enter(page: Page): Promise<void> {
    const admin = await app().createUser();
    await app().services.roles.grant(admin.id, 'admin', app().services.now());
    await page.goto(at(''));
    await signIn(page, admin);
    await seeHeading(page, 'Overview');
    await page.goto(at('/keys'));
    await seeHeading(page, 'Keys');
  }

  async function confirm(page: Page, reason = 'A drill'): Promise<void> {
    await page.fill('#reason', reason);
    await page.click('#submit');
    await seeHeading(page, 'Keys');
  }

  it('has no accessibility violations, at any width and in both color schemes', async (t) => {
    const { page } = await visit(t);
    await enter(page);
    await page.click('#act-rotate');
    const faults = [...(await inspect(page, 'rotate'))];
    await confirm(page);
    await page.click('#act-replace');
    faults.push(...(await inspect(page, 'replace')));
    if (shots !== undefined)
      await page.screenshot({ path: `${shots}/replace.png`, fullPage: true });
    await confirm(page);
    await page.click('#act-rotate');
    await confirm(page);
    faults.push(...(await inspect(page, 'keys')));
    for (const width of [320, 390, 1280]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        if (shots === undefined) continue;
        await page.screenshot({
          path: `${shots}/keys-${width}-${colorScheme}.png`,
          fullPage: true,
        });
      }
    }
    await page.click('a[href$="/retire"]');
    faults.push(...(await inspect(page, 'retire')));
    if (shots !== undefined) await page.screenshot({ path: `${shots}/retire.png`, fullPage: true });

    assert.deepEqual(faults, []);
  });

  it('works without script: rotates, retires and replaces, each with a reason in the audit log', async (t) => {
    const { page } = await visit(t, { javaScriptEnabled: false });
    await enter(page);

    await page.click('#act-rotate');
    await page.click('#submit');
    assert.equal(await page.locator('#reason:invalid').count(), 1, 'a reason is required');
    await confirm(page, 'Planned for March');
    assert.equal(await page.getByText('published', { exact: true }).count(), 5);

    await page.click('a[href$="/retire"]');
    await confirm(page, 'Made by mistake');
    assert.equal(await page.getByText('published', { exact: true }).count(), 4);
    await page.click('#act-replace');
    await confirm(page, 'The old one leaked');

    assert.ok((await reasonsOf(app(), 'key.revoked')).includes('Made by mistake'));
    assert.ok((await reasonsOf(app(), 'key.created')).includes('The old one leaked'));
  });

  it('shows no actions to an administrator who may only read', async (t) => {
    const { page } = await visit(t);
    const auditor = await app().createUser();
    await app().services.roles.grant(auditor.id, 'auditor', app().services.now());
    await page.goto(at('/keys'));
    await signIn(page, auditor);
    await seeHeading(page, 'Keys');

    assert.equal(await page.locator('#act-rotate, #act-replace, a[href$="/retire"]').count(), 0);
  });
});

async function reasonsOf({ services }: TestApp, event: string): Promise<readonly unknown[]> {
  const rows: { details: { reason?: string } }[] = await services.db
    .knex('audit_events')
    .where({ event })
    .orderBy('at')
    .select('details');
  return rows.map(({ details }) => details.reason).filter((reason) => reason !== undefined);
}
