// Checks for every page, at every size and in both color schemes: the WCAG 2.2 AA rules that axe can check,
// and no horizontal overflow on small screens.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const allRules: RunOptions = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  resultTypes: ['violations'],
};
/** The rules that depend on the color scheme; all others are checked once. */
const rulesOfColor: RunOptions = {
  runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
  resultTypes: ['violations'],
};
const widths = [390, 1280];
/** Half the size of what the package exports; each page reads all of it. */
const axePath = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));
const axe = readFileSync(axePath, 'utf8');
/** WCAG 2.2 SC 1.4.10. */
const narrowest = 320;

/** Returns the violations on the current page, one per line with location and rule. */
export async function inspect(page: Page, name: string): Promise<readonly string[]> {
  const faults: string[] = [];
  await addAxe(page);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const rules = colorScheme === 'light' ? allRules : rulesOfColor;
      const { violations } = await page.evaluate<AxeResults>(
        `axe.run(document, ${JSON.stringify(rules)})`,
      );
      for (const { id, nodes } of violations) {
        const where = nodes.map(({ target }) => String(target)).join(', ');
        faults.push(`${name}, ${width}, ${colorScheme}: ${id} at ${where}`);
      }
    }
  }
  await page.setViewportSize({ width: narrowest, height: 800 });
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
  if (wide > narrowest) faults.push(`${name}: ${wide} wide at ${narrowest}`);
  return faults;
}

/** Axe is added once for all sizes and color schemes, because its start takes longer than a check. */
async function addAxe(page: Page): Promise<void> {
  for (const frame of page.frames()) await frame.evaluate(axe);
}
