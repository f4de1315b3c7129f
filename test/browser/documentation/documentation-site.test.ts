// The documentation site in a browser: search, both colour schemes, and nothing that its policy blocks.
import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import { buildSite } from '#features/documentation-site/site-build.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { createTestLog } from '#test/support/services/databases.ts';

describeInBrowser('documentation site', {}, (stage) => {
  before(() => buildSite(createTestLog()));
  const home = () => `${stage.app().issuer}/auth/mkdocs/`;

  it('finds a page by its words', async (t) => {
    const { page } = await stage.visit(t);

    await page.goto(home());
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('searchbox').fill('recovery codes');
    await page.locator('.result').first().waitFor();
    await page.keyboard.press('Enter');

    // The address changes before the page.
    const heading = { level: 1, name: /Multi-factor authentication/ } as const;
    await page.getByRole('heading', heading).waitFor();
    assert.match(page.url(), /second-factors/);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`shows its diagrams and code in ${colorScheme} colors, without overflow on a phone`, async (t) => {
      const viewport = { width: 390, height: 844 };
      const { page } = await stage.visit(t, { colorScheme, viewport });

      await page.goto(`${home()}flows.html`);
      const pictures = page.locator('img.diagram');
      const shown = pictures.filter({ visible: true });
      await page.locator(`img.diagram.in-${colorScheme}`).first().waitFor();
      const width = await page.evaluate('document.documentElement.scrollWidth');

      assert.equal((await shown.count()) * 2, await pictures.count());
      assert.equal(width, 390);
    });
  }
});
