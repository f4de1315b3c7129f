// Device codes (RFC 8628) on two nodes that share Redis, or PostgreSQL alone: one browser takes a code,
// one decision counts, one poll gets the tokens, and the polling interval holds across nodes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import {
  approveDevice,
  createDevice,
  deviceClient,
  typeCode,
} from '#test/support/steps/device-flow.ts';

const stores = {
  redis: {},
  postgres: { SHORT_LIVED_STORE: 'postgres', REDIS_URL: '' },
} as const;

for (const [store, settings] of Object.entries(stores)) {
  describeNodes(`device codes on two nodes (${store})`, { settings }, (nodes) => {
    async function newDevice(facts: Readonly<Record<string, unknown>> = {}) {
      const app = await nodes().createClient({ ...deviceClient, ...facts });
      const { send } = nodes().at(0);
      return createDevice({ issuer: nodes().issuer, send }, app);
    }

    const browsers = () => [0, 1].map((turn) => nodes().browser(nodes().at(turn)));

    it('let one of two simultaneous confirmations continue', async () => {
      const device = await newDevice();
      const { user_code: code } = await device.start();
      const { issuer } = nodes();
      const shown = await Promise.all(browsers().map((each) => typeCode(each, issuer, code)));

      const pages = await Promise.all(shown.map((page) => page.press('confirm')));

      const continued = pages.filter((page) => page.has('sign-in'));
      const refused = pages.filter((page) => !page.has('sign-in'));
      assert.deepEqual([continued.length, refused.length], [1, 1]);
      assert.match(refused[0]?.text ?? '', /already used/);
    });

    it('let one of confirmation and refusal count', async () => {
      const device = await newDevice();
      const { user_code: code, device_code: deviceCode } = await device.start();
      const { issuer } = nodes();
      const [first, second] = await Promise.all(
        browsers().map((each) => typeCode(each, issuer, code)),
      );

      const pages = await Promise.all([first?.press('confirm'), second?.press('deny')]);

      const [confirmed, denied] = [pages[0]?.has('sign-in'), /denied/.test(pages[1]?.text ?? '')];
      assert.equal(Number(confirmed) + Number(denied), 1);
      const { body } = await device.poll(deviceCode);
      assert.equal(body['error'], denied ? 'access_denied' : 'authorization_pending');
    });

    it('issue tokens to at most one of several simultaneous polls', async () => {
      const [device, person] = [await newDevice(), await nodes().createUser()];
      const { user_code: code, device_code: deviceCode } = await device.start();
      await approveDevice(nodes().browser(), nodes().issuer, { code, person });

      const answers = await Promise.all(
        [0, 1, 2, 3, 4, 5].map((turn) => device.poll(deviceCode, nodes().at(turn).send)),
      );

      const issued = answers.filter(({ status }) => status === 200);
      const refused = answers.filter(({ body }) => body['error'] === 'invalid_grant');
      assert.ok(issued.length <= 1, `${issued.length} polls got tokens`);
      assert.equal(issued.length + refused.length, 6);
    });

    it('accept one of two simultaneous polls while the request is pending', async () => {
      const device = await newDevice();
      const { device_code: deviceCode } = await device.start();

      const answers = await Promise.all(
        [0, 1].map((turn) => device.poll(deviceCode, nodes().at(turn).send)),
      );

      const errors = answers.map(({ body }) => String(body['error'])).toSorted();
      assert.deepEqual(errors, ['authorization_pending', 'slow_down']);
    });

    it('give each device a separate grant, even in one browser', async () => {
      const [device, person] = [await newDevice(), await nodes().createUser()];
      const browser = nodes().browser();
      const [one, two] = [await device.start(), await device.start()];
      const { issuer } = nodes();
      await approveDevice(browser, issuer, { code: one.user_code, person });
      await approveDevice(browser, issuer, { code: two.user_code, person });
      const first = await device.redeem(one.device_code);
      const second = await device.redeem(two.device_code);

      await device.revoke(first.refresh_token ?? '');

      assert.equal((await device.refresh(first.refresh_token ?? '')).status, 400);
      assert.equal((await device.refresh(second.refresh_token ?? '')).status, 200);
    });
  });
}
