// The pages on which a user answers a request from another device: the code of a device (RFC 8628), and
// the requests of apps (OpenID CIBA). With the keyboard alone, without script, at 320 pixels, in both
// reading directions and color schemes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { signIn } from '#test/support/browser/steps.ts';
import { walkHere } from '#test/support/browser/walk.ts';
import { backchannelClient, createAsking } from '#test/support/steps/backchannel.ts';
import { createDevice, deviceClient } from '#test/support/steps/device-flow.ts';

const visitors: Readonly<Record<string, BrowserContextOptions>> = {
  'in English': {},
  'from right to left': { locale: 'ar-EG' },
};

describeInBrowser('a request from another device', {}, ({ app, visit }) => {
  const newDevice = async () =>
    createDevice(app(), await app().createClient({ ...deviceClient, client_name: 'Television' }));

  async function newRequest() {
    const person = await app().createUser({ emailVerified: true });
    const client = await createAsking(app(), await app().createClient(backchannelClient));
    const asked = { login_hint: person.email, binding_message: 'Order 4711' };
    return { person, client, id: (await client.ask(asked)).auth_req_id };
  }

  async function faultsOf(page: Page, name: string, isRightToLeft: boolean) {
    const direction = await page.evaluate<string>('getComputedStyle(document.body).direction');
    assert.equal(direction, isRightToLeft ? 'rtl' : 'ltr', name);
    const walked = await walkHere(page);
    return [...walked, ...(await inspect(page, name))];
  }

  for (const [visitor, options] of Object.entries(visitors)) {
    it(`is readable and operable ${visitor}`, async (t) => {
      const { page } = await visit(t, options);
      const isRightToLeft = options.locale !== undefined;
      const { user_code: code } = await (await newDevice()).start();
      const { person } = await newRequest();
      await page.goto(`${app().issuer}/device`);
      await page.waitForSelector('#continue');

      const faults = await faultsOf(page, 'code', isRightToLeft);
      await page.locator('#user_code').pressSequentially(code.replace('-', '').toLowerCase());
      assert.equal(await page.inputValue('#user_code'), code.toLowerCase());
      await page.click('#continue');
      await page.waitForSelector('#confirm');
      faults.push(...(await faultsOf(page, 'confirmation', isRightToLeft)));
      await page.click('#deny');
      await page.waitForSelector('h1');
      faults.push(...(await faultsOf(page, 'denied', isRightToLeft)));
      await page.goto(`${app().issuer}/auth/account/requests`);
      await signIn(page, person);
      await page.waitForURL('**/auth/account');
      await page.waitForSelector('#answer-requests');
      faults.push(...(await faultsOf(page, 'overview', isRightToLeft)));
      await page.click('#answer-requests');
      await page.waitForSelector('#deny-1');
      faults.push(...(await faultsOf(page, 'requests', isRightToLeft)));

      assert.deepEqual(faults, []);
    });
  }

  it('is answered without script', async (t) => {
    const { page } = await visit(t, { javaScriptEnabled: false });
    const device = await newDevice();
    const started = await device.start();
    const { person, client, id } = await newRequest();
    await page.goto(`${app().issuer}/device`);
    await page.fill('#user_code', started.user_code);
    await page.press('#user_code', 'Enter');
    await page.waitForSelector('#confirm');
    await page.press('#confirm', 'Enter');
    await signIn(page, person);
    await page.click('#allow');
    await page.getByText('Television').first().waitFor();
    const tokens = await device.redeem(started.device_code);

    await page.goto(`${app().issuer}/auth/account/requests`);
    await page.press('#deny-1', 'Enter');
    await page.getByText('You denied the request').waitFor();

    assert.ok(tokens.access_token);
    assert.equal((await client.poll(id)).body['error'], 'access_denied');
  });
});
