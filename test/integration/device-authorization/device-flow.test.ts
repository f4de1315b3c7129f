// The device authorization grant (RFC 8628) on each store: the whole flow, the page for user codes, and
// what a device is told while it waits.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeOnEachArrangement } from '#test/support/app.ts';
import {
  approveDevice,
  createDevice,
  deviceClient,
  typeCode,
} from '#test/support/steps/device-flow.ts';

describeOnEachArrangement('device authorization (RFC 8628)', (app) => {
  const newDevice = async (facts: Readonly<Record<string, unknown>> = {}) =>
    createDevice(app(), await app().createClient({ ...deviceClient, ...facts }));

  it('announces the code, both addresses and the interval (§3.2)', async () => {
    const device = await newDevice();

    const started = await device.start();

    const { issuer } = app();
    assert.match(started.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    assert.equal(started.verification_uri, `${issuer}/device`);
    const complete = `${issuer}/device?user_code=${started.user_code}`;
    assert.equal(started.verification_uri_complete, complete);
    assert.deepEqual([started.interval, started.expires_in], [5, 600]);
    assert.equal(device.as.device_authorization_endpoint, `${issuer}/oauth2/device_authorization`);
  });

  it('issues tokens once the user has confirmed the code and signed in', async () => {
    const [device, person] = [await newDevice(), await app().createUser()];
    const started = await device.start({ scope: 'openid email' });
    const waiting = await device.poll(started.device_code);

    const page = await approveDevice(app().browser(), app().issuer, {
      code: started.user_code,
      person,
    });

    assert.deepEqual([waiting.status, waiting.body['error']], [400, 'authorization_pending']);
    assert.equal(page.has('device-approved'), true, page.text);
    assert.match(page.text, /Return to your device/);
    const tokens = await device.redeem(started.device_code);
    assert.equal(tokens.scope, 'openid email');
    assert.ok(tokens.refresh_token);
    assert.ok(tokens.id_token);
  });

  it('accepts lower case, spaces and a missing hyphen (§6.1)', async () => {
    const device = await newDevice();
    const { user_code: code } = await device.start();
    const typed = ` ${code.replace('-', ' ').toLowerCase()} `;

    const page = await typeCode(app().browser(), app().issuer, typed);

    assert.equal(page.has('confirm'), true, page.text);
    assert.match(page.text, new RegExp(code));
  });

  it('prefills the code of the complete address, and asks before it continues (§3.3.1)', async () => {
    const device = await newDevice();
    const { verification_uri_complete: address = '', user_code: code } = await device.start();

    const page = await app().browser().open(address);

    assert.match(page.html, new RegExp(`value="${code}"`));
    assert.equal((await page.press('continue')).has('confirm'), true);
  });

  it('shows app, place, device and time before anything happens (§5.4)', async () => {
    const device = await newDevice();
    const { user_code: code } = await device.start();

    const { text } = await typeCode(app().browser(), app().issuer, code);

    assert.match(text, /Living Room TV/);
    assert.match(text, /127\.0\.0\.1/);
    assert.match(text, /just now/);
    assert.match(text, /Only continue if you started this on your device/);
  });

  it('refuses the device after the user denied the code', async () => {
    const device = await newDevice();
    const { user_code: code, device_code: deviceCode } = await device.start();
    const shown = await typeCode(app().browser(), app().issuer, code);

    const page = await shown.press('deny');

    assert.match(page.text, /Access denied/);
    assert.equal((await device.poll(deviceCode)).body['error'], 'access_denied');
  });

  it('refuses the device after the user refused consent', async () => {
    const [device, person] = [await newDevice(), await app().createUser()];
    const { user_code: code, device_code: deviceCode } = await device.start();
    const shown = await typeCode(app().browser(), app().issuer, code);
    const signIn = await shown.press('confirm');
    const { email: login, password } = person;

    const page = await (await signIn.press('sign-in', { login, password })).press('deny');

    assert.match(page.text, /Access denied/);
    assert.equal((await device.poll(deviceCode)).body['error'], 'access_denied');
  });

  it('explains a wrong and a used code, and offers another try', async () => {
    const [device, person] = [await newDevice(), await app().createUser()];
    const { user_code: code } = await device.start();
    const { issuer } = app();
    await approveDevice(app().browser(), issuer, { code, person });

    const wrong = await typeCode(app().browser(), issuer, 'BBBB-BBBB');
    const vowels = await typeCode(app().browser(), issuer, 'AEIO-UAEI');
    const used = await typeCode(app().browser(), issuer, code);

    assert.deepEqual([wrong.status, vowels.status, used.status], [422, 422, 422]);
    assert.match(wrong.text, /This code isn’t right/);
    assert.match(vowels.text, /This code isn’t right/);
    assert.match(used.text, /already used/);
    assert.equal(used.has('continue'), true);
  });

  it('answers slow_down to a device that polls too early, and waits longer (§3.5)', async () => {
    const device = await newDevice();
    const { device_code: deviceCode } = await device.start();

    const answers = await Promise.all([1, 2, 3].map(() => device.poll(deviceCode)));

    const errors = answers.map(({ body }) => String(body['error'])).toSorted();
    assert.deepEqual(errors, ['authorization_pending', 'slow_down', 'slow_down']);
  });

  it('redeems a device code once, and revokes its tokens when it is presented again', async () => {
    const [device, person] = [await newDevice(), await app().createUser()];
    const { user_code: code, device_code: deviceCode } = await device.start();
    await approveDevice(app().browser(), app().issuer, { code, person });

    const tokens = await device.redeem(deviceCode);

    assert.equal((await device.poll(deviceCode)).body['error'], 'invalid_grant');
    assert.equal((await device.refresh(tokens.refresh_token ?? '')).status, 400);
  });

  it('refuses the device code of another client', async () => {
    const [device, other] = [await newDevice(), await newDevice()];
    const { device_code: deviceCode } = await device.start();

    assert.equal((await other.poll(deviceCode)).body['error'], 'invalid_grant');
    assert.equal((await device.poll(deviceCode)).body['error'], 'authorization_pending');
  });

  it('issues nothing for a user who was blocked after the approval', async () => {
    const [device, person] = [await newDevice(), await app().createUser()];
    const { user_code: code, device_code: deviceCode } = await device.start();
    await approveDevice(app().browser(), app().issuer, { code, person });

    await app().block(person.id);

    assert.equal((await device.poll(deviceCode)).body['error'], 'invalid_grant');
  });

  it('refuses a client without the grant, and a blocked client', async () => {
    const [web, device] = [await newDevice({ grant_types: ['refresh_token'] }), await newDevice()];
    const { user_code: code } = await device.start();
    const by = { kind: 'operator' } as const;
    const { clientId } = device;
    await app().services.blocking.blockClient(clientId, by);

    await assert.rejects(web.start());
    await assert.rejects(device.start());
    const page = await typeCode(app().browser(), app().issuer, code);
    assert.match(page.text, /can no longer be used/);
  });
});
