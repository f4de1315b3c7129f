// The pages of the panel at 320 CSS pixels (WCAG 2.2, 1.4.10), also when the direction of the page is
// right to left, as a browser that translates it sets it, and their tables at 1280 pixels.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { seedAuthorization } from '#test/support/steps/panel-authorization.ts';
import { seed } from '#test/support/steps/panel.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8', IMPERSONATION_MINUTES: '15' };
const width = 320;

const pages = [
  '',
  '/start',
  '/users',
  '/users/new',
  '/users/invite',
  '/sessions',
  '/sessions/everyone',
  '/clients',
  '/clients/new',
  '/clients/new/web',
  '/resources',
  '/resources/new',
  '/audit',
  '/audit/verify',
  '/outbox',
  '/keys',
  '/settings',
  '/branding',
  '/providers',
  '/providers/new',
  '/providers/new/google',
];

/** Elements that extend beyond the page, except tables that scroll by themselves. */
const findOverflow = `[...document.querySelectorAll('main *')]
  .filter((each) => !each.closest('.scroll, table, pre, svg'))
  .filter((each) => {
    const { left, right } = each.getBoundingClientRect();
    return right > ${width} + 1 || left < -1;
  })
  .map((each) => each.tagName + ' ' + each.className + ' ' + each.textContent.trim().slice(0, 30))
  .slice(0, 3)`;

/** Cards whose content does not fit. */
const findCrowded = `[...document.querySelectorAll('.card')]
  .filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.textContent.trim().slice(0, 30))`;

async function inspectDesktop(page: Page, path: string): Promise<readonly string[]> {
  await page.setViewportSize({ width: 1280, height: 800 });
  const crowded = await page.evaluate<readonly string[]>(findCrowded);
  await page.setViewportSize({ width, height: 800 });
  return crowded.map((each) => `${path} 1280: ${each}`);
}

async function inspectWidth(page: Page, path: string): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const dir of ['ltr', 'rtl']) {
    await page.evaluate(`document.documentElement.dir = '${dir}'`);
    const scrolled = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (scrolled > width) faults.push(`${path} ${dir}: ${scrolled} wide`);
    const beyond = await page.evaluate<readonly string[]>(findOverflow);
    faults.push(...beyond.map((each) => `${path} ${dir}: ${each}`));
  }
  return faults;
}

describeInBrowser('every page of the panel', { settings }, ({ app, visit }) => {
  it('fits into 320 pixels in both directions, and its tables into their cards at 1280', async (t) => {
    const { page } = await visit(t, { viewport: { width, height: 800 } });
    const { admin, busy, clientId, sessionUid, familyId } = await seed(app());
    const { paths } = await seedAuthorization(app(), busy.id, 'west');
    await page.goto(`${app().issuer}/auth/admin`);
    await signIn(page, admin);
    await seeHeading(page, 'Overview');
    const ofUser = ['block', 'edit', 'roles', 'groups', 'delete', 'impersonate'];
    const all = [
      ...paths,
      ...pages,
      ...ofUser.map((each) => `/users/${busy.id}/${each}`),
      `/sessions/${sessionUid}`,
      `/families/${familyId}`,
      `/clients/${clientId}`,
      `/clients/${clientId}/edit`,
    ];
    const faults: string[] = [];
    for (const path of all) {
      await page.goto(`${app().issuer}/auth/admin${path}`);
      faults.push(...(await inspectDesktop(page, path)), ...(await inspectWidth(page, path)));
    }
    assert.deepEqual(faults, []);
  });
});
