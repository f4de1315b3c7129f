// The theme of a client on the pages of its authorization requests: applied from the first paint,
// with sufficient contrast, and absent from the account pages.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { allow, backAtApp, seeHeading, signIn } from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

const theme = { accent: '#0b57d0', accent_dark: '#a8c7fa' };

async function colorOf(page: Page, selector: string): Promise<string> {
  const script = `getComputedStyle(document.querySelector('${selector}')).backgroundColor`;
  return page.evaluate<string>(script);
}

describeInBrowser('theme of a client', {}, ({ app, visit }) => {
  it('applies to the pages of its authorization requests, in light and dark mode', async (t) => {
    const tiny = await startClientApp(t, app(), { client_name: 'Blue notes', theme });
    const person = await app().createUser();
    const { page } = await visit(t);

    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto(tiny.signInUrl());
    assert.equal(await colorOf(page, '#sign-in'), 'rgb(11, 87, 208)');
    await page.emulateMedia({ colorScheme: 'dark' });
    assert.equal(await colorOf(page, '#sign-in'), 'rgb(168, 199, 250)');
    await signIn(page, person);
    await page.waitForSelector('#allow');
    assert.equal(await colorOf(page, '#allow'), 'rgb(168, 199, 250)');
    await allow(page);
    await backAtApp(page);

    await page.goto(`${app().issuer}/auth/account`);
    await seeHeading(page, 'Your account');
    assert.equal(await page.locator('link[href*="/auth/themes/"]').count(), 0);
  });

  it('has sufficient contrast (WCAG 2.2 AA)', async (t) => {
    const tiny = await startClientApp(t, app(), { client_name: 'Blue notes', theme });
    const person = await app().createUser();
    const { page } = await visit(t);
    const faults: string[] = [];

    await page.goto(tiny.signInUrl());
    faults.push(...(await inspect(page, 'sign-in')));
    await page.getByRole('link', { name: 'Create an account' }).click();
    faults.push(...(await inspect(page, 'register')));
    await page.goto(tiny.signInUrl());
    await signIn(page, person);
    await page.waitForSelector('#allow');
    faults.push(...(await inspect(page, 'consent')));

    assert.deepEqual(faults, []);
  });

  it('is refused when its contrast is insufficient', async () => {
    const unreadable = app().createClient({ theme: { accent: '#ffcc00' } });

    await assert.rejects(unreadable, /contrast of 1\.2:1 on light pages.*#826800 would do/);
  });

  it('has a URL that reveals nothing else, and other URLs are not found', async () => {
    const at = (file: string) => app().send(`${app().issuer}/auth/themes/${file}`);
    const style = await at('0b57d0-a8c7fa.css');

    assert.equal(style.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.match(await style.text(), /^:root\{--accent:#0b57d0;[^<]*\}$/);
    for (const file of ['ffcc00-ffcc00.css', '0b57d0.css', '0b57d0-a8c7fa', '%7D%3C.css', 'x']) {
      assert.equal((await at(file)).status, 404, file);
    }
  });
});
