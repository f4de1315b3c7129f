// Takes a reference screenshot of every page, on a phone and on a desktop, in light and in dark mode,
// and writes the documentation page that shows them. Run it after changing a page: `npm run
// docs:pictures`. With names of views, it draws only these.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { createTranslator } from '#http/i18n/locales.ts';
import { findChromium } from '#test/support/services/programs.ts';
import type { ViewFixture } from '#test/support/views/view-fixture.ts';
import { drawnViews } from '#test/support/views/screenshot-views.ts';
import { shootPage } from './page-shots.ts';
import { boardScale, composeShots } from './picture-board.ts';

/** Width of a screenshot in the document, in pixels. */
const looks = [
  { width: 390, shown: 240, colorScheme: 'light' },
  { width: 390, shown: 240, colorScheme: 'dark' },
  { width: 1280, shown: 560, colorScheme: 'light' },
  { width: 1280, shown: 560, colorScheme: 'dark' },
] as const;
const only = process.argv.slice(2);

const root = new URL('../../../', import.meta.url);
const pictures = new URL('docs/images/pages/', root);
const say = createTranslator('en');

function listing(drawn: readonly ViewFixture[]): string {
  const parts = drawn.map(({ view: { name, title } }) => {
    const words = say(title, { product: 'Ostiary', client: 'Acme Notes' });
    return `## ${name}\n\n![${words}](images/pages/${name}.jpg)\n`;
  });
  return `# Pages

Every hosted page as it looks on a phone and on a desktop, in light and in dark mode, as a user would see it.
The name is that of its file in \`views/\`. Drawn by \`npm run docs:pictures\`.

${parts.join('\n')}`;
}

const executablePath = findChromium();
if (!executablePath) throw new Error('Chromium not found');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  if (only.length === 0) await rm(pictures, { recursive: true, force: true });
  await mkdir(pictures, { recursive: true });
  for (const fixture of drawnViews) {
    if (only.length > 0 && !only.includes(fixture.view.name)) continue;
    const shots: Buffer[] = [];
    for (const { width, colorScheme, shown } of looks) {
      const scale = (shown * boardScale) / width;
      shots.push(await shootPage(browser, fixture, { width, colorScheme, scale }));
    }
    const file = new URL(`${fixture.view.name}.jpg`, pictures);
    await writeFile(file, await composeShots(shots));
  }
  await writeFile(new URL('docs/pages.md', root), listing(drawnViews));
} finally {
  await browser.close();
}
