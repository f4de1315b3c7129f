// Walks a page with Tab alone: the focus is always visible, nothing covers it, and it follows the reading
// order.
import type { Page } from 'playwright-core';

const maxStops = 80;

/** The problem of the focused element; `undefined` at the end of the page. */
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
  const boxes = it.closest('.boxes')?.querySelectorAll('i') ?? [];
  const rings = [shown, ...boxes].flatMap((each) =>
    [getComputedStyle(each), getComputedStyle(each, '::after')]);
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

/** Opens the page and walks it; returns the problems. */
export async function walk(page: Page, url: string): Promise<readonly string[]> {
  await page.goto(url);
  return walkHere(page);
}

/** Walks the page that is open. */
export async function walkHere(page: Page): Promise<readonly string[]> {
  const isScripted = await page.evaluate<boolean>('matchMedia("(scripting: enabled)").matches');
  // The walk starts at the top of the page, even if a field has the focus.
  if (isScripted) {
    await page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
    );
  }
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
  if (count < 2 || count === maxStops) faults.push(`${page.url()} has ${count} stops`);
  return faults;
}
