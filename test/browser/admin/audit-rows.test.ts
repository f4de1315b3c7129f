// Events of the audit log on a phone: rows of two lines that unfold.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { seed } from '#test/support/steps/panel.ts';

/** Room for two lines with their padding. */
const maxRowHeight = 80;

describeInBrowser('the audit log on a phone', {}, ({ app, visit }) => {
  it('shows what, when and who of an event, and the rest after a tap', async (t) => {
    const { admin, busy } = await seed(app());
    const viewport = { width: 390, height: 800 };
    const { page } = await visit(t, { viewport, javaScriptEnabled: false });
    await page.goto(`${app().issuer}/auth/admin/audit?event=refresh_token.reused`);
    await signIn(page, admin);
    await seeHeading(page, 'Audit log');
    // Without its style sheets, the row has the height of a list.
    await page.waitForLoadState();
    const row = page.locator('tbody > tr').first();
    const cell = (label: string) => row.locator(`td[data-label="${label}"]`);
    const height = async () => (await row.boundingBox())?.height ?? Infinity;

    assert.ok((await height()) < maxRowHeight, `${await height()}`);
    assert.equal(await cell('When').locator('time').isVisible(), true);
    assert.equal(await cell('About').isVisible(), false);

    await row.locator('summary').click();
    assert.equal(await cell('About').isVisible(), true);
    await cell('About').getByRole('link', { name: busy.email }).click();
    await page.waitForURL(`${app().issuer}/auth/admin/users/${busy.id}`);
  });

  it('shows everything in the table of a desktop', async (t) => {
    const { admin } = await seed(app());
    const { page } = await visit(t, { viewport: { width: 1280, height: 800 } });
    await page.goto(`${app().issuer}/auth/admin/audit?event=refresh_token.reused`);
    await signIn(page, admin);
    await seeHeading(page, 'Audit log');

    assert.equal(await page.locator('td[data-label="About"]').first().isVisible(), true);
    assert.equal(await page.locator('.unfold').first().isVisible(), false);
  });
});
