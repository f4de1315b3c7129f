// Takes the picture of the brand preview in docs/branding.md. Part of `npm run docs:pictures`.
import { writeFile } from 'node:fs/promises';
import { it } from 'node:test';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { sampleBrand } from '#test/support/data/brand.ts';

const picture = new URL('../../../docs/images/branding.jpg', import.meta.url);
const settings = { BRANDING: JSON.stringify({ ...sampleBrand, font: 'inter' }) };
const limitMs = 60_000;

describeInBrowser('the brand preview', { settings, host: 'localhost' }, ({ app, visit }) => {
  it('is drawn', { timeout: limitMs }, async (t) => {
    const { page } = await visit(t);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 1280, height: 1250 });
    await page.goto(`${app().issuer}/auth/dev/branding`);
    // The frames below the picture are loaded only when they are scrolled to.
    await page.waitForLoadState('networkidle');
    await writeFile(picture, await page.screenshot({ type: 'jpeg', quality: 80 }));
  });
});
