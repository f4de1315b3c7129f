// What protects the device flow (RFC 8628 §5): wrong user codes are throttled, forms of other sites are
// refused, the sign-in is the usual one, tokens are bound to a key, and codes expire.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { describeApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { holdClock } from '#test/support/clock.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import {
  approveDevice,
  createDevice,
  deviceClient,
  deviceGrant,
  typeCode,
} from '#test/support/steps/device-flow.ts';
import { createProvingSend } from '#test/support/steps/dpop.ts';
import { withCodes } from '#test/support/steps/reauthentication.ts';
import { codeOf } from '#test/support/steps/totp.ts';

describeApp(
  'the guessing of user codes (RFC 8628 §5.1)',
  { settings: { RATE_LIMITS: 'on' } },
  (app) => {
    const guess = (browser: Browser, turn: number) =>
      typeCode(browser, app().issuer, `BBBB-BBB${'BCDFGHJKLMNPQRST'[turn]}`);

    it('is refused after ten wrong codes of one browser, also for a right code', async () => {
      const device = await createDevice(app(), await app().createClient(deviceClient));
      const { user_code: code } = await device.start();
      const browser = app().browser();
      const statuses: number[] = [];
      for (let turn = 0; turn < 11; turn += 1) statuses.push((await guess(browser, turn)).status);

      const right = await typeCode(browser, app().issuer, code);
      const elsewhere = await typeCode(app().browser(), app().issuer, code);

      assert.deepEqual(statuses, [...Array.from({ length: 10 }, () => 422), 429]);
      assert.equal(right.status, 429);
      assert.match(right.text, /Too many wrong codes/);
      assert.ok(right.headers.get('retry-after'));
      assert.equal(elsewhere.has('confirm'), true, elsewhere.text);
      const { knex } = app().services.db;
      const entries: unknown[] = await knex('audit_events').where({
        event: 'device_code.throttled',
      });
      assert.equal(entries.length, 1);
    });
  },
);

describeApp('device authorization', {}, (app) => {
  const newDevice = async (facts: Readonly<Record<string, unknown>> = {}) =>
    createDevice(app(), await app().createClient({ ...deviceClient, ...facts }));

  it('refuses a form of another site', async () => {
    const { user_code: code } = await (await newDevice()).start();
    const browser = app().browser();
    const body = new URLSearchParams({ user_code: code, decision: 'continue' });

    const page = await browser.postFromElsewhere(`${app().issuer}/device`, body);

    assert.deepEqual([page.status, page.errorCode], [403, 'cross_site']);
  });

  it('asks for the second factor, and reports it to the device', async () => {
    const device = await newDevice();
    const { user_code: code, device_code: deviceCode } = await device.start();
    const { person, secret } = await withCodes(app());
    const shown = await typeCode(app().browser(), app().issuer, code);
    const signIn = await shown.press('confirm');
    const { email: login, password } = person;
    const step = await signIn.press('sign-in', { login, password });

    const consent = await step.press('verify', { code: codeOf(secret, 1) });
    const page = await consent.press('allow');

    assert.equal(page.has('device-approved'), true, page.text);
    const { acr, amr, sid } = decodeJwt((await device.redeem(deviceCode)).id_token ?? '');
    assert.equal(acr, 'urn:ostiary:acr:two-factor');
    assert.ok(Array.isArray(amr) && amr.includes('otp'));
    assert.equal(sid, undefined);
  });

  it('tells an API the roles of the user and how the user signed in, before a refresh as well', async () => {
    const api = await app().createApi({ accessTokenFormat: 'jwt' });
    const [device, person] = [await newDevice(), await app().createUser()];
    const { done } = createCommandRunner(app().services);
    await done(['role', 'create', 'viewer', '--client', device.clientId]);
    await done(['user', 'add-role', person.id, '--role', `${device.clientId}:viewer`]);
    const request = { resource: api.audience, scope: 'openid roles read' };
    const { user_code: code, device_code: deviceCode } = await device.start(request);

    await approveDevice(app().browser(), app().issuer, { code, person });

    const claims = decodeJwt((await device.redeem(deviceCode)).access_token);
    assert.equal(claims['acr'], 'urn:ostiary:acr:password');
    assert.equal(typeof claims['auth_time'], 'number');
    assert.deepEqual(claims['roles'], ['viewer']);
  });

  it('refuses a blocked user at the sign-in', async () => {
    const [device, person] = [await newDevice(), await app().createUser()];
    const { user_code: code, device_code: deviceCode } = await device.start();
    await app().block(person.id);

    const page = await approveDevice(app().browser(), app().issuer, { code, person });

    assert.equal(page.has('device-approved'), false);
    assert.equal((await device.poll(deviceCode)).body['error'], 'authorization_pending');
  });

  it('keeps the session of the same client in the browser, and outlives its end', async () => {
    const facts = { grant_types: ['authorization_code', 'refresh_token', deviceGrant] };
    const rp = await app().relyingParty(facts);
    const person = await app().createUser();
    const login = await rp.login(person);
    const device = await createDevice(app(), rp.app);
    const { user_code: code, device_code: deviceCode } = await device.start();
    await approveDevice(login.browser, app().issuer, { code, person });
    const tokens = await device.redeem(deviceCode);
    assert.equal(await rp.isActive(login.accessToken), true);

    const [grant]: { session_uid: string }[] = await app()
      .services.db.knex('grants')
      .where({ user_id: person.id })
      .whereNotNull('session_uid');
    const { session_uid: uid = '' } = grant ?? {};
    await app().services.blocking.endSession(uid, { kind: 'operator' });

    assert.equal(await rp.isActive(login.accessToken), false);
    assert.equal((await device.refresh(tokens.refresh_token ?? '')).status, 200);
  });

  it('binds the tokens to the key of the device (RFC 9449)', async () => {
    const client = await app().createClient({ ...deviceClient, dpop_bound_access_tokens: true });
    const send = await createProvingSend(app().send);
    const device = await createDevice({ issuer: app().issuer, send }, client);
    const { user_code: code, device_code: deviceCode } = await device.start();
    await approveDevice(app().browser(), app().issuer, { code, person: await app().createUser() });

    const unproven = await device.poll(deviceCode, app().send);
    const proven = await device.poll(deviceCode);

    assert.equal(unproven.status, 400);
    assert.deepEqual([proven.status, proven.body['token_type']], [200, 'DPoP']);
  });

  it('answers expired_token, and explains the code', async (t) => {
    const device = await newDevice();
    const { user_code: code, device_code: deviceCode } = await device.start();
    const clock = holdClock(t);
    clock.advance(605);

    const page = await typeCode(app().browser(), app().issuer, code);
    const { body } = await device.poll(deviceCode);

    assert.match(page.text, /This code has expired/);
    assert.equal(body['error'], 'expired_token');
  });
});
