// Takes a reference screenshot of every page of the panel, on a phone in light mode and on a desktop in
// dark mode, and writes the documentation page that shows them. Part of `npm run docs:pictures`.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { seedPictures } from './panel-example.ts';

const docs = new URL('../../../docs/', import.meta.url);
const pictures = new URL('images/panel/', docs);
/** Pixels; what is below it repeats what is above. */
const maxHeight = 2400;
const limitMs = 15 * 60_000;

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8', APPROVAL_REQUIRED: 'users.delete' };

describeInBrowser('the panel', { settings, host: 'localhost' }, ({ app, visit }) => {
  it('is drawn', { timeout: limitMs }, async (t) => {
    const { page, context } = await visit(t);
    const { admin, pages } = await seedPictures(app());
    await page.goto(`${app().issuer}/auth/admin`);
    await signIn(page, admin);
    await seeHeading(page, 'Overview');
    await rm(pictures, { recursive: true, force: true });
    await mkdir(pictures, { recursive: true });
    const board = await context.newPage();
    await board.setViewportSize({ width: 1100, height: 800 });
    for (const [name, path] of pages) {
      await page.goto(`${app().issuer}/auth/admin${path}`);
      const shots = [await shoot(page, 390, 'light'), await shoot(page, 1280, 'dark')];
      await writeFile(new URL(`${name}.jpg`, pictures), await compose(board, shots));
    }
    await writeFile(new URL('panel-pages.md', docs), listing(pages.map(([name]) => name)));
  });
});

async function shoot(page: Page, width: number, colorScheme: 'light' | 'dark'): Promise<Buffer> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height: 760 });
  const height: number = await page.evaluate('document.documentElement.scrollHeight');
  await page.setViewportSize({ width, height: Math.min(height, maxHeight) });
  await Promise.all(page.frames().map((frame) => frame.waitForLoadState('load')));
  return page.screenshot({ animations: 'disabled' });
}

async function compose(board: Page, [phone, desk]: readonly Buffer[]): Promise<Buffer> {
  const image = (bytes: Buffer | undefined, width: number) =>
    `<img width="${width}" src="data:image/png;base64,${bytes?.toString('base64')}">`;
  await board.setContent(`<body style="margin:0"><div style="display:flex;gap:16px;padding:16px;
    width:max-content;align-items:start;background:#8a948e">${image(phone, 300)}${image(desk, 720)}</div>`);
  return board.locator('div').screenshot({ type: 'jpeg', quality: 70 });
}

function listing(names: readonly string[]): string {
  const parts = names.map((name) => `## ${name}\n\n![${name}](images/panel/${name}.jpg)\n`);
  return `# Pages of the panel

The pages of the [panel](panel.md) on a phone in the light and on a desk in the dark. Drawn by \`npm run docs:pictures\`.

${parts.join('\n')}`;
}
