// Draws a page from the locals of its fixture, in a browser of one width and color scheme.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { passkeyLibrary } from '#features/passkeys/browser-library.pages.ts';
import { readStyleSheet } from '#http/rendering/assets/style-sheets.ts';
import { createRenderer } from '#http/rendering/render.ts';
import { textFontFiles } from '#http/rendering/fonts/text-font.ts';
import { accountFrame } from '#test/support/views/overview-views.ts';
import type { ViewFixture } from '#test/support/views/view-fixture.ts';
import { showMail, writeExample } from './example-mail.ts';

export interface Look {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  /** Pixels of the picture for each pixel of the page. */
  readonly scale: number;
}

const framePaintMs = 5000;
const root = new URL('../../../', import.meta.url);
const issuerUrl = new URL('https://id.example.org');
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

/** The item of the navigation to which a page belongs, if it does not have the name of the view. */
const placeOf: Readonly<Record<string, string>> = {
  account: 'home',
  email: 'email',
  'account-codes-new': 'codes',
  'account-codes-paper': 'codes',
  'account-details': 'details-shipping',
};

/** The navigation with the page of this view as the current one. */
function navigationOf(view: string) {
  const place = placeOf[view] ?? view.replace('account-', '');
  return accountFrame.navigation?.map((group) => ({
    ...group,
    items: group.items.map((item) => ({ ...item, isCurrent: item.id === place })),
  }));
}

export function htmlOf({ view, shown }: ViewFixture): string {
  const context = { state: {}, status: 200, type: '', body: undefined, set: () => undefined };
  const navigation = navigationOf(view.name);
  const user = { name: 'Ada Lovelace', email: 'ada@example.org' };
  const frame = view.area === 'account' ? { navigation, user } : {};
  // True because withoutTrouble keeps the members and empties some of them.
  render(context, view, withoutTrouble(shown) as object, { frame });
  return String(context.body);
}

/** Returns the whole page as a PNG. */
export async function shootPage(
  browser: Browser,
  fixture: ViewFixture,
  { width, colorScheme, scale }: Look,
): Promise<Buffer> {
  const context = await browser.newContext({
    viewport: { width, height: 760 },
    deviceScaleFactor: scale,
    colorScheme,
    reducedMotion: 'reduce',
  });
  try {
    await answerRequests(context, fixture);
    const page = await context.newPage();
    await page.goto(issuerUrl.href);
    return await shootAll(page, width);
  } finally {
    await context.close();
  }
}

async function answerRequests(context: BrowserContext, fixture: ViewFixture): Promise<void> {
  await context.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    const [, name] = /^\/auth\/assets\/([\w.-]+)$/.exec(pathname) ?? [];
    if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: htmlOf(fixture) });
    if (pathname.startsWith('/auth/dev/mail/')) {
      return route.fulfill({ contentType: 'text/html', body: showMail(writeExample('sign_in')) });
    }
    if (name === undefined) return route.fulfill({ status: 404 });
    if (!name.endsWith('.css')) return route.fulfill({ path: assetPath(name) });
    return route.fulfill({ contentType: 'text/css', body: readStyleSheet(assetPath(name)) });
  });
}

function assetPath(name: string): string {
  if (name === 'simplewebauthn.js') return passkeyLibrary;
  return textFontFiles[name] ?? new URL(`public/${name}`, root).pathname;
}

async function shootAll(page: Page, width: number): Promise<Buffer> {
  // The whole page is in view, so that nothing that stays in view covers another part.
  const height: number = await page.evaluate('document.documentElement.scrollHeight');
  await page.setViewportSize({ width, height });
  await page.evaluate('document.fonts.ready');
  // A frame is painted after the page, and may contain no script that could report it.
  if (page.frames().length > 1) await page.waitForTimeout(framePaintMs);
  return page.screenshot({ fullPage: true });
}
