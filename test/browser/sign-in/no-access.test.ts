// The page for a user who may not use the client: without script, by keyboard, and how to continue.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';

describeInBrowser('the page without access to a client', {}, ({ app, visit }) => {
  it('leads to another account and back to the client, by keyboard and without script', async (t) => {
    const { done } = createCommandRunner(app().services);
    const tiny = await startClientApp(t, app());
    const person = await app().createUser();
    const { clientId } = tiny.rp.app;
    await done(['role', 'create', 'member', '--client', clientId]);
    await done(['client', 'access', clientId, '--allow-role', `${clientId}:member`]);
    const { page } = await visit(t, { javaScriptEnabled: false });
    await page.goto(tiny.signInUrl());
    await signIn(page, person);

    await seeHeading(page, 'You don’t have access to Tasks');
    await page.locator('#no-access', { hasText: person.email }).waitFor();
    await page.focus('#switch');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${tiny.url}/**`);

    assert.equal(tiny.answers.at(-1)?.get('error'), 'access_denied');
  });
});
