// The brand in the panel, in a browser: accessibility, and the walk from the preview to the reset
// without script.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { markSvg } from '#test/support/data/brand.ts';

describeInBrowser('the brand in the panel', {}, ({ app, visit }) => {
  const at = (path = '') => `${app().issuer}/auth/admin/branding${path}`;

  async function enter(page: Page): Promise<void> {
    const admin = await app().createUser();
    await app().services.roles.grant(admin.id, 'admin', new Date());
    await page.goto(at());
    await signIn(page, admin);
    await seeHeading(page, 'Branding from the settings');
  }

  it('is previewed, refused while it cannot be read, stored and reset without script', async (t) => {
    const { page } = await visit(t, { javaScriptEnabled: false });
    await enter(page);
    await page.fill('#accent', '#ffee88');
    await page.click('#preview');
    const pale = await page.textContent('#contrast');
    await page.fill('#accent', '#5b3fd6');
    await page.selectOption('#font', 'humanist');
    await page.fill('#logo', markSvg);
    await page.fill('#link_privacy', 'https://northwind.example/privacy');
    await page.click('#preview');
    const drawn = await page.innerHTML('#sketches');
    const before = app().services.activeBrand.current;

    await page.click('#submit');
    await seeHeading(page, 'Branding stored');
    const stored = app().services.activeBrand.current;
    await page.click('#act-reset');
    await page.fill('#reason', 'A test');
    await page.click('#submit');
    await seeHeading(page, 'Branding from the settings');

    assert.match(pale ?? '', /accent\.light #ffee88/);
    assert.match(drawn, /#5b3fd6/);
    assert.equal(before, undefined, 'a preview stores nothing');
    assert.equal(stored?.palettes?.light.accent, '#5b3fd6');
    assert.ok(stored?.logo);
    assert.equal(app().services.activeBrand.current, undefined);
  });

  it('has no accessibility violations (WCAG 2.2 AA)', async (t) => {
    const { page } = await visit(t, { viewport: { width: 390, height: 844 } });
    await enter(page);
    const faults = [...(await inspect(page, 'form'))];

    await page.goto(at('/reset'));
    faults.push(...(await inspect(page, 'reset')));

    assert.deepEqual(faults, []);
  });
});
