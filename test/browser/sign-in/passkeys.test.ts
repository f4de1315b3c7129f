// Passkeys with the virtual authenticator of the browser: adding one, signing in with the button
// and with autofill, removing it, and the pages without JavaScript.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { Person } from '#test/support/actors/relying-party.ts';
import {
  credentialsOf,
  plugIn,
  waitForNone,
  withoutAutofill,
} from '#test/support/browser/authenticator.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { allow, backAtApp, readText, seeHeading, signIn } from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

async function openPasskeys(page: Page, issuer: string, person: Person): Promise<void> {
  await page.goto(`${issuer}/auth/sign-in`);
  await signIn(page, person);
  await page.getByRole('main').getByRole('link', { name: 'Passkeys' }).click();
  await page.fill('input[name=password]', person.password);
  await page.click('#confirm');
}

async function signOut(page: Page): Promise<void> {
  await page.context().clearCookies();
}

describeInBrowser('passkeys in a browser', { host: 'localhost' }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  it('can be added, used to sign in with the button, and removed', async (t) => {
    const person = await app().createUser();
    const there = await visit(t);
    const { page } = there;
    await withoutAutofill(page);
    const device = await plugIn(there);
    await openPasskeys(page, app().issuer, person);

    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.waitForSelector('#remove-1', { state: 'attached' });
    assert.match(await readText(page, '.things'), /Chrome.* On one device .*never used/);
    const [credential] = await credentialsOf(device);
    assert.deepEqual(
      [credential?.rpId, credential?.isResidentCredential, credential?.userName],
      ['localhost', true, person.email],
    );
    assert.ok(credential?.userHandle && !atob(credential.userHandle).includes(person.email));

    await signOut(page);
    await page.goto(at('/auth/sign-in'));
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await seeHeading(page, 'Your account');

    await page.goto(at('/auth/account/passkeys'));
    await page.click('.confirm > summary');
    await page.click('#remove-1');
    await page.waitForSelector('#remove-1', { state: 'detached' });
    const left = await waitForNone(device);
    assert.deepEqual(left, [], 'the authenticator was not notified');
    await page.goto(at('/auth/account/activity'));
    assert.match(await readText(page, '.things'), /A passkey was removed/);
  });

  it('can be used from the email field during an authorization request', async (t) => {
    const tiny = await startClientApp(t, app());
    const person = await app().createUser();
    const there = await visit(t);
    const { page } = there;
    await plugIn(there);
    await openPasskeys(page, app().issuer, person);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.waitForSelector('#remove-1', { state: 'attached' });
    await signOut(page);

    // The authenticator accepts the autofill request by itself.
    await page.goto(tiny.signInUrl());
    await allow(page);

    assert.equal(await backAtApp(page), person.id);
    const [tokens] = tiny.logins;
    assert.deepEqual(tokens?.claims['amr'], ['hwk', 'user', 'mfa']);
  });

  it('cannot be added twice on one device, and the page says so', async (t) => {
    const person = await app().createUser();
    const there = await visit(t);
    const { page } = there;
    await plugIn(there);
    await openPasskeys(page, app().issuer, person);
    await page.click('#passkey');
    await page.waitForSelector('#remove-1', { state: 'attached' });

    await page.click('#passkey');

    const alert = page.getByRole('alert');
    await alert.waitFor();
    assert.match((await alert.textContent()) ?? '', /already has a passkey/);
  });

  it('leave the password available when the authenticator does not respond', async (t) => {
    const person = await app().createUser();
    const there = await visit(t);
    const { page } = there;
    await withoutAutofill(page);
    const { cdp, authenticatorId } = await plugIn(there);
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.goto(at('/auth/sign-in'));

    await page.click('#passkey');

    await page.getByRole('alert').waitFor();
    assert.match(await readText(page, '[data-problem=failed]'), /didn’t work/);
    await signIn(page, person);
    await seeHeading(page, 'Your account');
  });

  it('have pages without accessibility violations (WCAG 2.2 AA)', async (t) => {
    const person = await app().createUser();
    const there = await visit(t);
    const { page } = there;
    await withoutAutofill(page);
    await plugIn(there);
    const faults: string[] = [];
    await page.goto(at('/auth/sign-in'));
    await page.waitForSelector('#passkey');
    faults.push(...(await inspect(page, 'sign-in')));
    await openPasskeys(page, app().issuer, person);
    await page.click('#passkey');
    await page.waitForSelector('#remove-1', { state: 'attached' });
    await page.locator('main summary').first().click();
    faults.push(...(await inspect(page, 'passkeys')));
    await page.click('#passkey');
    await page.waitForSelector('[data-problem=known]');
    faults.push(...(await inspect(page, 'passkeys, with an error')));

    assert.deepEqual(faults, []);
  });

  describe('without JavaScript', () => {
    it('show no button, and the password works', async (t) => {
      const person = await app().createUser();
      const { page } = await visit(t, { javaScriptEnabled: false });
      await page.goto(at('/auth/sign-in'));
      assert.deepEqual(await visibleButtons(page), ['Sign in']);

      await signIn(page, person);
      await page.getByRole('main').getByRole('link', { name: 'Passkeys' }).click();
      await page.fill('input[name=password]', person.password);
      await page.click('#confirm');

      assert.deepEqual(await visibleButtons(page), []);
      assert.match(await readText(page, '[data-without-passkeys]'), /can’t create passkeys/);
    });
  });
});

async function visibleButtons(page: Page): Promise<readonly string[]> {
  const names: string[] = [];
  for (const button of await page.getByRole('button').all()) {
    if (await button.isVisible()) names.push((await button.innerText()).trim());
  }
  return names;
}
