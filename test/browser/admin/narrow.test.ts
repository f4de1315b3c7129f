// The pages of the panel at 320 CSS pixels (WCAG 2.2, 1.4.10), also when the direction of the page is
// right to left, as a browser that translates it sets it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { seedAuthorization } from '#test/support/steps/panel-authorization.ts';
import { seed } from '#test/support/steps/panel.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8', IMPERSONATION_MINUTES: '15' };
const width = 320;

/** What reaches beyond the page, apart from tables that scroll by themselves. */
const findOverflow = `[...document.querySelectorAll('main *')]
  .filter((each) => !each.closest('.scroll, table, pre, svg'))
  .filter((each) => {
    const { left, right } = each.getBoundingClientRect();
    return right > ${width} + 1 || left < -1;
  })
  .map((each) => each.tagName + ' ' + each.className + ' ' + each.textContent.trim().slice(0, 30))
  .slice(0, 3)`;

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
  it('fits into 320 pixels in both directions', async (t) => {
    const { page } = await visit(t, { viewport: { width, height: 800 } });
    const { admin, busy, clientId, sessionUid, familyId } = await seed(app());
    const { paths } = await seedAuthorization(app(), busy.id, 'west');
    const user = `/users/${busy.id}`;
    await page.goto(`${app().issuer}/auth/admin`);
    await signIn(page, admin);
    await seeHeading(page, 'Overview');
    const all = [
      ...paths,
      ...['', '/start', '/users', '/users/new', '/users/invite', '/sessions', '/clients'],
      ...['block', 'edit', 'roles', 'groups', 'delete', 'impersonate'].map(
        (each) => `${user}/${each}`,
      ),
      ...[`/sessions/${sessionUid}`, `/families/${familyId}`, '/sessions/everyone'],
      ...['/clients/new', '/clients/new/web', `/clients/${clientId}`, `/clients/${clientId}/edit`],
      ...['/resources', '/resources/new', '/audit', '/audit/verify', '/outbox', '/keys'],
      ...['/settings', '/branding', '/providers', '/providers/new', '/providers/new/google'],
    ];
    const faults: string[] = [];
    for (const path of all) {
      await page.goto(`${app().issuer}/auth/admin${path}`);
      faults.push(...(await inspectWidth(page, path)));
    }
    assert.deepEqual(faults, []);
  });
});
