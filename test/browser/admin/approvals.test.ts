// The panel page with acts that wait for a second administrator: accessible, and usable without script.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import type { TestApp } from '#test/support/app.ts';

const settings = { APPROVAL_REQUIRED: 'users.delete,sessions.end-all' };
/** For development only: screenshots of the pages. */
const shots = process.env['SHOTS'];

describeInBrowser('approvals in the panel', { settings }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}/auth/admin${path}`;

  async function enter(page: Page, admin: Parameters<typeof signIn>[1]): Promise<void> {
    await page.goto(at(''));
    await signIn(page, admin);
    await seeHeading(page, 'Overview');
  }

  async function askForDeletion(page: Page, target: { id: string; email: string }) {
    await page.goto(at(`/users/${target.id}/delete`));
    await page.fill('#email', target.email);
    await page.fill('#reason', 'Left the company');
    await page.click('#submit');
    await seeHeading(page, 'Waiting for a second administrator');
  }

  it('has no accessibility violations, at any width and in both color schemes', async (t) => {
    const [ann, bob] = [await anAdmin(app()), await anAdmin(app())];
    const first = await visit(t);
    await enter(first.page, ann);
    await askForDeletion(first.page, await app().createUser());
    const faults = [...(await inspect(first.page, 'waiting'))];
    await askForDeletion(first.page, await app().createUser());
    const second = await visit(t);
    await enter(second.page, bob);
    await second.page.goto(at('/approvals'));
    await second.page.click('a[href$="/reject"]');
    await second.page.click('#submit');
    await seeHeading(second.page, 'Approvals');
    faults.push(...(await inspect(second.page, 'list')));
    for (const width of [320, 390, 1280]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await second.page.setViewportSize({ width, height: 900 });
        await second.page.emulateMedia({ colorScheme });
        if (shots === undefined) continue;
        await second.page.screenshot({
          path: `${shots}/list-${width}-${colorScheme}.png`,
          fullPage: true,
        });
      }
    }
    await second.page.click('a[href$="/approve"]');
    faults.push(...(await inspect(second.page, 'approve')));
    if (shots !== undefined) {
      await second.page.screenshot({ path: `${shots}/approve.png`, fullPage: true });
      await first.page.screenshot({ path: `${shots}/waiting.png`, fullPage: true });
    }

    assert.deepEqual(faults, []);
  });

  it('works without script: one administrator asks and another approves', async (t) => {
    const [ann, bob] = [await anAdmin(app()), await anAdmin(app())];
    const target = await app().createUser();
    const first = await visit(t, { javaScriptEnabled: false });
    await enter(first.page, ann);
    await askForDeletion(first.page, target);
    const second = await visit(t, { javaScriptEnabled: false });
    await enter(second.page, bob);

    await second.page.click('.panel-nav a[href$="/approvals"]');
    const row = second.page.locator('tr', { hasText: target.email });
    await row.locator('a[href$="/approve"]').click();
    await second.page.click('#submit');
    await seeHeading(second.page, 'Approvals');

    assert.equal(await app().services.users.findById(target.id), undefined);
  });
});

async function anAdmin(app: TestApp) {
  const person = await app.createUser();
  await app.services.roles.grant(person.id, 'admin', new Date());
  return person;
}
