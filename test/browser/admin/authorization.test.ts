// The pages of roles, groups, organizations and webhooks in a browser: at every size, in both color
// schemes, without script and by keyboard.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { readText, seeHeading, signIn } from '#test/support/browser/steps.ts';
import { seed } from '#test/support/steps/panel.ts';
import { seedAuthorization } from '#test/support/steps/panel-authorization.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8' };

describeInBrowser('the panel: authorization and webhooks', { settings }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}/auth/admin${path}`;

  async function enter(page: Page): Promise<Awaited<ReturnType<typeof seed>>> {
    const seeded = await seed(app());
    await page.goto(at(''));
    await signIn(page, seeded.admin);
    await seeHeading(page, 'Overview');
    return seeded;
  }

  it('has no accessibility violations on any page (WCAG 2.2 AA)', async (t) => {
    const { page } = await visit(t);
    const seeded = await enter(page);
    const { paths } = await seedAuthorization(app(), seeded.busy.id, 'first');
    const faults: string[] = [];

    for (const path of [...paths, '/roles/new', '/groups/new', '/organizations/new']) {
      await page.goto(at(path));
      faults.push(...(await inspect(page, path)));
    }

    assert.deepEqual(faults, []);
  });

  it('works without script: creates a role, and grants it with a reason', async (t) => {
    const { page } = await visit(t, { javaScriptEnabled: false });
    const { busy } = await enter(page);

    await page.click('.panel-nav a[href$="/roles"]');
    await page.click('#new-role');
    await page.fill('#name', 'editor');
    await page.click('#submit');
    await seeHeading(page, 'editor');
    await page.click('#act-grant');
    await page.fill('#user', busy.email);
    await page.fill('#reason', 'Writes the blog');
    await page.click('#submit');

    await seeHeading(page, 'editor');
    assert.match(await readText(page, 'main'), new RegExp(busy.email));
  });

  it('works by keyboard: adds a user to a group from the page of the user', async (t) => {
    const { page } = await visit(t);
    const { busy } = await enter(page);
    const { id } = await app().services.groupService.create({ name: 'Desk' }, commandLine);
    await page.goto(at(`/users/${busy.id}`));

    await page.focus('#act-groups');
    await page.keyboard.press('Enter');
    await seeHeading(page, `Groups of ${busy.email}`);
    await page.focus(`input[name="group-${id}"]`);
    await page.keyboard.press('Space');
    await page.focus('#reason');
    await page.keyboard.type('Night shift');
    await page.keyboard.press('Enter');

    await page.waitForSelector('#notice');
    assert.match(await readText(page, 'main'), /Desk/);
  });

  it('opens the playground as the client', async (t) => {
    const { page } = await visit(t);
    const { busy } = await enter(page);
    const address = `${app().issuer}/auth/playground`;
    const client = await app().createClient({
      client_name: 'Notes',
      token_endpoint_auth_method: 'none',
      redirect_uris: [address],
      scope: 'openid email',
    });
    await page.goto(at(`/clients/${client.clientId}`));

    await page.click('#try-it');
    await page.waitForSelector('#playground[data-ready]');
    assert.equal(await readText(page, '#playground-client-id'), client.clientId);
    await page.context().clearCookies();
    await page.click('#playground-sign-in');
    await signIn(page, busy);
    await page.click('#allow');
    await page.waitForSelector('#playground[data-ready][data-state=signed-in]');

    assert.match(await readText(page, '#id-token'), new RegExp(`aud.*${client.clientId}`));
  });
});
