// Takes a reference screenshot of every page, on a phone and on a desktop, in light and in dark mode,
// and writes the documentation page that shows them. Run it after changing a page: `npm run
// docs:pictures`. With names of views, it draws only these.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { passkeyLibrary } from '#features/passkeys/browser-library.pages.ts';
import { createRenderer } from '#http/rendering/render.ts';
import { createTranslator } from '#http/i18n/locales.ts';
import { findChromium } from '#test/support/browser/process-browser.ts';
import { showMail, writeExample } from '#test/support/docs/example-mail.ts';
import type { ViewFixture } from '#test/support/views/view-fixture.ts';
import { accountFrame } from '#test/support/views/overview-views.ts';
import { drawnViews } from '#test/support/views/screenshot-views.ts';

const framePaintMs = 5000;
const looks = [
  { width: 390, shown: 240, colorScheme: 'light' },
  { width: 390, shown: 240, colorScheme: 'dark' },
  { width: 1280, shown: 560, colorScheme: 'light' },
  { width: 1280, shown: 560, colorScheme: 'dark' },
] as const;
const only = process.argv.slice(2);

const root = new URL('../../../', import.meta.url);
const pictures = new URL('docs/images/pages/', root);
const issuerUrl = new URL('https://id.example.org');
const say = createTranslator('en');
const render = createRenderer({
  viewsDirectory: new URL('views/', root).pathname,
  productName: 'Ostiary',
  assetVersion: 'v1',
  issuerUrl,
});

/** Omits error messages, and logos, which are copies of files on other hosts. */
const left = new Set([
  'problem',
  'problems',
  'trouble',
  'logoKey',
  'detail',
  'hasProblems',
  'isLate',
]);

function withoutTrouble(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTrouble);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => {
    if (name === 'problems') return [name, {}];
    return [name, left.has(name) ? undefined : withoutTrouble(member)];
  });
  return Object.fromEntries(members);
}

/** The navigation with the page of this view as the current one. */
function navigationOf(view: string) {
  const names = (id: string) => (id === 'home' ? ['account'] : [id, `account-${id}`]);
  return accountFrame.navigation?.map((group) => ({
    ...group,
    items: group.items.map((item) => ({ ...item, isCurrent: names(item.id).includes(view) })),
  }));
}

function htmlOf({ view, full }: ViewFixture): string {
  const context = { state: {}, status: 200, type: '', body: undefined, set: () => undefined };
  const user = { name: 'Ada Lovelace', email: 'ada@example.org' };
  const frame = view.area === 'account' ? { navigation: navigationOf(view.name), user } : {};
  // True because withoutTrouble keeps the members and empties some of them.
  render(context, view, withoutTrouble(full) as object, { frame });
  return String(context.body);
}

async function shoot(
  browser: Browser,
  fixture: ViewFixture,
  { width, colorScheme }: (typeof looks)[number],
): Promise<Buffer> {
  const context = await browser.newContext({
    viewport: { width, height: 760 },
    colorScheme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    const [, name] = /^\/auth\/assets\/([\w.-]+)$/.exec(pathname) ?? [];
    if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: htmlOf(fixture) });
    if (pathname.startsWith('/auth/dev/mail/')) {
      return route.fulfill({ contentType: 'text/html', body: showMail(writeExample('sign_in')) });
    }
    if (name === undefined) return route.fulfill({ status: 404 });
    return route.fulfill({ path: assetPath(name) });
  });
  await page.goto(issuerUrl.href);
  // The whole page is in view, so that nothing that stays in view covers another part.
  const height: number = await page.evaluate('document.documentElement.scrollHeight');
  await page.setViewportSize({ width, height });
  // A frame is painted after the page, and may have no script that could tell.
  if (page.frames().length > 1) await page.waitForTimeout(framePaintMs);
  const picture = await page.screenshot({ fullPage: true });
  await context.close();
  return picture;
}

function assetPath(name: string): string {
  const isLibrary = name === 'simplewebauthn.js';
  return isLibrary ? passkeyLibrary : new URL(`public/${name}`, root).pathname;
}

async function compose(page: Page, shots: readonly Buffer[]): Promise<Buffer> {
  const images = shots.map(
    (bytes, at) =>
      `<img width="${looks[at]?.shown}" src="data:image/png;base64,${bytes.toString('base64')}">`,
  );
  await page.setContent(`<body style="margin:0"><div style="display:flex;gap:16px;padding:16px;
    width:max-content;align-items:start;background:#8a948e">${images.join('')}</div>`);
  return page.locator('div').screenshot({ type: 'jpeg', quality: 72 });
}

function listing(drawn: readonly ViewFixture[]): string {
  const parts = drawn.map(({ view: { name, title } }) => {
    const words = say(title, { product: 'Ostiary', client: 'Acme Notes' });
    return `## ${name}\n\n![${words}](images/pages/${name}.jpg)\n`;
  });
  return `# Pages

Every hosted page as it looks on a phone and on a desktop, in light and in dark mode, with everything it can show at once and nothing wrong.
The name is that of its file in \`views/\`. Drawn by \`npm run docs:pictures\`.

${parts.join('\n')}`;
}

const executablePath = findChromium();
if (!executablePath) throw new Error('Chromium not found');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  if (only.length === 0) await rm(pictures, { recursive: true, force: true });
  await mkdir(pictures, { recursive: true });
  const board = await browser.newPage({ viewport: { width: 1700, height: 800 } });
  for (const fixture of drawnViews) {
    if (only.length > 0 && !only.includes(fixture.view.name)) continue;
    const shots: Buffer[] = [];
    for (const look of looks) shots.push(await shoot(browser, fixture, look));
    const file = new URL(`${fixture.view.name}.jpg`, pictures);
    await writeFile(file, await compose(board, shots));
  }
  await writeFile(new URL('docs/pages.md', root), listing(drawnViews));
} finally {
  await browser.close();
}
