// Accessibility of every page, as axe reports it. The pages use the longest texts, German and a
// client with a very long name, because these break layouts first.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { describeInBrowser, type BrowserSuite } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { allow, backAtApp, backAtPlayground, signIn } from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

const wrong = 'not the right one';
const longName = 'Donaudampfschifffahrtsgesellschaftskapitänsmützen für Donaudampfer';
const german: BrowserContextOptions = { locale: 'de-DE' };

describeInBrowser('accessibility (WCAG 2.2 AA)', {}, (stage) => {
  const { app, visit } = stage;
  const at = (path: string) => `${app().issuer}${path}`;

  it('has no violations on pages outside an authorization request', async (t) => {
    const faults: string[] = [];
    const { page } = await visit(t, german);
    const see = async (name: string) => void faults.push(...(await inspect(page, name)));
    const link = (await app().services.setup.issueLink()) ?? '';

    for (const path of ['/', '/auth/sign-in', '/auth/register', '/auth/nothing']) {
      await page.goto(at(path));
      await see(path);
    }
    await page.goto(link);
    await see('setup');
    await page.goto(at('/auth/register'));
    await page.fill('input[name=email]', 'eve@example.org');
    await page.fill('input[name=password]', 'aaaaaaaaaaaaaaaaaaaa');
    await page.click('#register');
    await page.waitForSelector('[role=alert]');
    await see('register, with errors');

    assert.deepEqual(faults, []);
  });

  it('has no violations on pages of an authorization request', async (t) => {
    const faults: string[] = [];
    const { page, context } = await visit(t, german);
    const see = async (name: string) => void faults.push(...(await inspect(page, name)));
    const about = { client_uri: 'https://tasks.example/', policy_uri: 'https://tasks.example/p' };
    const tiny = await startClientApp(t, app(), {
      ...about,
      client_name: longName,
      application_type: 'native',
    });
    const person = await app().createUser({
      email: `${'eve'.repeat(20)}@${'long.'.repeat(9)}example`,
    });
    const request = tiny.signInUrl({ scope: 'openid profile email phone address offline_access' });

    await page.goto(request);
    await see('sign-in');
    await page.goto(`${page.url()}/register`);
    await see('register');
    await page.goto(request);
    await signIn(page, { ...person, password: wrong });
    await page.waitForSelector('[role=alert]');
    await see('sign-in, with an error');
    await signIn(page, person);
    await page.waitForSelector('#allow');
    await see('consent');
    await page.click('#switch');
    await page.waitForSelector('#notice');
    await see('sign-in, with a notice');
    await context.clearCookies({ name: 'ostiary-interaction' });
    await page.goto(new URL('.', page.url()).href.slice(0, -1));
    await page.waitForSelector('#error');
    await see('expired');
    await page.goto(tiny.signInUrl({ redirect_uri: `https://${'long.'.repeat(30)}example/cb` }));
    await page.waitForSelector('#error');
    await see('error');

    assert.deepEqual(faults, []);
  });

  it('has no violations on pages of a signed-in user and after sign-out', async (t) => {
    const faults: string[] = [];
    const { page } = await visit(t, german);
    const see = async (name: string) => void faults.push(...(await inspect(page, name)));
    const tiny = await startClientApp(t, app(), { client_name: longName });
    const person = await app().createUser({ claims: { name: 'x'.repeat(120) } });

    await page.goto(tiny.signInUrl());
    await signIn(page, person);
    await allow(page);
    await backAtApp(page);
    await page.goBack();
    await page.waitForSelector('#error');
    await see('finished');
    await page.goto(at('/auth/account'));
    await see('account');
    await page.goto(tiny.rp.logoutUrl({ client_id: tiny.rp.app.clientId }).href);
    await see('sign-out');
    await page.click('#stay');
    await page.waitForSelector('#stayed');
    await see('stayed');
    await page.goto(tiny.rp.logoutUrl({ client_id: tiny.rp.app.clientId }).href);
    await page.click('#sign-out');
    await page.waitForSelector('#signed-out');
    await see('signed-out');

    assert.deepEqual(faults, []);
  });

  it('has no violations in the email about an unrecognized device and on its page', async (t) => {
    const faults: string[] = [];
    const { page, attacker } = await openStrangeSession(t, stage);
    const see = async (name: string) => void faults.push(...(await inspect(page, name)));

    // The automatic reload of the list would end the inspection.
    await page.goto(at('/auth/dev/mail?refresh=off'));
    await see('mailbox');
    await page.locator('main a').first().click();
    await page.waitForSelector('#message');
    await see('mail');
    await page.click('label[for="show-text"]');
    await page.click('#letter a[href*="/auth/not-me/"]');
    await page.waitForSelector('#continue');
    await see('not me');
    await page.click('#continue');
    await page.waitForSelector('#signed-out');
    await see('report sign-in, done');
    await attacker.goto(at('/auth/account'));

    assert.equal(await attacker.locator('#sign-in').count(), 1);
    assert.deepEqual(faults, []);
  });

  it('has no violations in the playground', async (t) => {
    const faults: string[] = [];
    const { page } = await visit(t);
    const see = async (name: string) => void faults.push(...(await inspect(page, name)));
    const person = await app().createUser();

    await page.goto(at('/auth/playground'));
    await page.waitForSelector('#playground[data-ready]');
    await see('playground');
    await page.click('#playground-sign-in');
    await signIn(page, person);
    await allow(page);
    await backAtPlayground(page, 'signed-in');
    await page.click('#access-token [data-focus=introspect]');
    await page.getByText('Introspection response').waitFor();
    await page.click('#playground-refresh');
    await page.waitForSelector('[data-replay="0"]');
    await page.evaluate(
      'for (const each of document.querySelectorAll("details")) each.open = true',
    );
    await see('playground, signed in');

    assert.deepEqual(faults, []);
  });
});

/**
 * Signs in as a user who has another browser, so that an email about an unrecognized device is
 * sent.
 */
async function openStrangeSession(
  t: Parameters<BrowserSuite['visit']>[0],
  { app, visit }: BrowserSuite,
) {
  const person = await app().createUser();
  const [{ page }, { page: attacker }] = [await visit(t, german), await visit(t, german)];
  for (const each of [page, attacker]) {
    await each.goto(`${app().issuer}/auth/sign-in`);
    await signIn(each, person);
    await each.waitForSelector('#switch-account');
  }
  await app().services.outboxWorker.deliverDue();
  return { page, attacker };
}
