// Walks the sign-in and account pages with Tab alone: the focus is always visible, nothing covers it,
// and it follows the reading order.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';

const before = ['sign-in', 'register', 'recover', 'sign-in/mail'];
const own = ['', '/profile', '/profile/contact', '/email', '/password', '/passkeys', '/codes'];
const more = ['/sessions', '/apps', '/activity', '/export', '/delete'];
const after = [...[...own, ...more].map((path) => `account${path}`), 'accounts'];
const maxStops = 80;

/** What is wrong with the focused element; `undefined` at the end of the page. */
const inspectFocus = `(() => {
  const it = document.activeElement;
  if (!it || it === document.body) return undefined;
  const name = it.id || it.textContent.trim().slice(0, 30) || it.name;
  if (it.dataset.walked) return undefined;
  it.dataset.walked = 'yes';
  const faults = [];
  const shown = it.id === 'file' ? it.nextElementSibling : it;
  const box = shown.getBoundingClientRect();
  const isInView = box.top >= -1 && box.bottom <= innerHeight + 1 && box.width > 1;
  if (!isInView) faults.push('out of view');
  const rings = [shown, it.closest('.boxes')].flatMap((each) =>
    each ? [getComputedStyle(each), getComputedStyle(each, '::after')] : []);
  if (!rings.some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && outlineWidth !== '0px'))
    faults.push('no visible focus');
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  if (isInView && top && !shown.contains(top) && !top.contains(shown)) faults.push('covered');
  const last = window.lastWalked;
  window.lastWalked = it;
  if (last && !(last.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_FOLLOWING))
    faults.push('before the previous one');
  return { name, faults };
})()`;

interface Stop {
  readonly name: string;
  readonly faults: readonly string[];
}

async function walk(page: Page, url: string): Promise<readonly string[]> {
  await page.goto(url);
  // The walk starts at the top of the page, also where a field has the focus.
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
  );
  await page.evaluate('document.body.tabIndex = -1; document.body.focus()');
  const faults: string[] = [];
  let count = 0;
  for (; count < maxStops; count += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate<Stop | undefined>(inspectFocus);
    if (!stop) break;
    const place = new URL(page.url()).pathname;
    faults.push(...stop.faults.map((fault) => `${place} ${stop.name}: ${fault}`));
  }
  if (count < 2 || count === maxStops) faults.push(`${url} has ${count} stops`);
  return faults;
}

describeInBrowser('the keyboard', {}, ({ app, visit }) => {
  for (const width of [390, 1280]) {
    it(`reaches everything in order at ${width} pixels`, async (t) => {
      const { page } = await visit(t, { viewport: { width, height: 800 } });
      const at = (path: string) => `${app().issuer}/auth/${path}`;
      const faults: string[] = [];
      for (const path of before) faults.push(...(await walk(page, at(path))));

      await page.goto(at('sign-in'));
      await signIn(page, await app().createUser());
      await seeHeading(page, 'Your account');
      for (const path of after) faults.push(...(await walk(page, at(path))));

      assert.deepEqual(faults, []);
    });
  }
});
