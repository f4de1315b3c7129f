// The documentation site in a browser: search, both color schemes, and nothing that its content security
// policy blocks.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { before, it } from 'node:test';
import { buildSite } from '#features/documentation-site/site-build.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { createTestLog } from '#test/support/services/databases.ts';

const siteFolder = join(import.meta.dirname, '../../../dist/site');

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

    // The URL changes before the page does.
    const heading = { level: 1, name: /Multi-factor authentication/ } as const;
    await page.getByRole('heading', heading).waitFor();
    assert.match(page.url(), /second-factors/);
  });

  it('has the heading for every link to a heading', async () => {
    const pages = new Map<string, string>();
    for (const file of globSync('**/*.html', { cwd: siteFolder })) {
      pages.set(file, await readFile(join(siteFolder, file), 'utf8'));
    }
    const broken: string[] = [];
    for (const [from, html] of pages) {
      for (const [, href = ''] of html.matchAll(/href="([^":]*#[^"]+)"/g)) {
        const [path = '', anchor = ''] = href.replace('/auth/mkdocs/', '/').split('#');
        const to = path === '' ? from : posix.join('/', posix.dirname(from), path).slice(1);
        const target = pages.get(path.startsWith('/') ? path.slice(1) : to);
        if (!target?.includes(`id="${anchor}"`)) broken.push(`${from}: ${href}`);
      }
    }

    assert.ok(pages.size > 30, `${pages.size} pages`);
    assert.deepEqual(broken, []);
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
