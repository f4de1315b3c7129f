// The brand in a browser: its colors in both schemes, the mark that a client's theme leaves
// unchanged, and accessibility.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { signIn } from '#test/support/browser/steps.ts';
import { dataUrl, png, sampleBrand } from '#test/support/data/brand.ts';

const { logo: _logo, mark: _mark, ...colors } = sampleBrand;
const stylesheet = dataUrl('button { border-radius: 3px }', 'text/css');
const theme = { accent: '#0b57d0', accent_dark: '#a8c7fa' };

async function styleOf(page: Page, selector: string, property: string): Promise<string> {
  const element = `document.querySelector('${selector}')`;
  return page.evaluate<string>(`getComputedStyle(${element}).getPropertyValue('${property}')`);
}

describeInBrowser(
  'pages with a brand',
  { settings: { BRANDING: JSON.stringify({ ...sampleBrand, stylesheet }) } },
  (stage) => {
    const { app, visit } = stage;
    const at = (path: string) => `${app().issuer}${path}`;

    it('have its accent, and the logo of the color scheme', async (t) => {
      const { page } = await visit(t);
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      await page.goto(at('/auth/sign-in'));

      const logo = page.getByRole('img', { name: 'Northwind' });
      assert.ok(await logo.isVisible());
      const { width, height } = (await logo.boundingBox()) ?? {};
      assert.deepEqual({ width, height }, { width: 200, height: 40 });
      const source = async () =>
        page.evaluate<string>(`document.querySelector('.logo img').currentSrc`);
      assert.equal(await styleOf(page, '#sign-in', 'background-color'), 'rgb(91, 63, 214)');
      assert.match(await source(), /\/auth\/brand\/logo\.svg/);
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
      assert.notEqual(await styleOf(page, '#sign-in', 'background-color'), 'rgb(91, 63, 214)');
      // The browser loads the other image some time after the color scheme has changed.
      while (!(await source()).includes('logo-dark')) await page.waitForTimeout(50);
    });

    it('have the styles of the operator, even where a selector is less specific', async (t) => {
      const { page } = await visit(t);
      await page.goto(at('/auth/sign-in'));

      assert.equal(await styleOf(page, '#sign-in', 'border-radius'), '3px');
    });

    it('are previewed in light and in dark mode, whatever the browser prefers', async (t) => {
      const { page } = await visit(t);
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      await page.goto(at('/auth/dev/branding'));

      const grounds = await Promise.all(
        ['light', 'dark'].flatMap((scheme) =>
          ['pages/sign-in', 'pages/account'].map(async (name) => {
            const frame = page.frameLocator(`iframe[src$="${name}?scheme=${scheme}"]`);
            const body = frame.locator('body');
            await body.scrollIntoViewIfNeeded();
            return body.evaluate('getComputedStyle(document.body).backgroundColor');
          }),
        ),
      );

      const [light, , dark] = grounds;
      assert.deepEqual(grounds, [light, light, dark, dark]);
      assert.match(String(light), /^rgb/);
      assert.notEqual(light, dark);
    });

    it('have no accessibility violations (WCAG 2.2 AA)', async (t) => {
      const person = await app().createUser();
      const { page } = await visit(t);
      const faults: string[] = [];
      // Without the frames of the preview, whose pages are inspected separately.
      for (const path of ['/', '/auth/sign-in', '/auth/register', '/auth/dev/branding']) {
        await page.goto(at(path));
        await page.evaluate(`document.querySelectorAll('iframe').forEach((it) => it.remove())`);
        faults.push(...(await inspect(page, path)));
      }
      await page.goto(at('/auth/sign-in'));
      await signIn(page, person);
      await page.waitForURL('**/auth/account');
      faults.push(...(await inspect(page, 'account')));

      assert.deepEqual(faults, []);
    });
  },
);

describeInBrowser(
  'pages with brand colors',
  { settings: { BRANDING: JSON.stringify(colors) } },
  (stage) => {
    const { app, visit } = stage;

    it('keep the color of the mark when a client has a theme', async (t) => {
      const tiny = await startClientApp(t, app(), { client_name: 'Blue notes', theme });
      const { page } = await visit(t);
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      await page.goto(tiny.signInUrl());

      assert.equal(await styleOf(page, '#sign-in', 'background-color'), 'rgb(11, 87, 208)');
      assert.equal(await styleOf(page, '.frame', 'fill'), 'rgb(91, 63, 214)');
    });
  },
);

describeInBrowser('pages without a brand', {}, (stage) => {
  const { app, visit } = stage;

  it('keep the color of the mark when a client has a theme', async (t) => {
    const tiny = await startClientApp(t, app(), { client_name: 'Blue notes', theme });
    const { page } = await visit(t);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto(tiny.signInUrl());

    assert.equal(await styleOf(page, '.frame', 'fill'), 'rgb(29, 92, 71)');
  });
});

const pictured = {
  ...sampleBrand,
  background_image: dataUrl(png),
  background: { light: '#fff8ee', dark: '#101014' },
};

describeInBrowser(
  'pages with a background image',
  { settings: { BRANDING: JSON.stringify(pictured) } },
  (stage) => {
    const { app, visit } = stage;

    it('have readable text outside the card', async (t) => {
      const { page } = await visit(t);
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      await page.goto(`${app().issuer}/auth/sign-in`);

      assert.match(await styleOf(page, 'footer', 'background-color'), /^rgb\(255, 255, 255\)$/);
      assert.deepEqual(await inspect(page, 'sign-in'), []);
      await page.goto(`${app().issuer}/`);
      const links = await styleOf(page, 'main > .links', 'background-color');
      assert.notEqual(links, 'rgba(0, 0, 0, 0)');
    });
  },
);
