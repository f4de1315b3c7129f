// Everything that revokes trust in a device, on two nodes that share their stores.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, startTestApp, type TestApp } from '#test/support/app.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';
import {
  aTrustingUser,
  aUserWithCodes,
  distrustAll,
  isSpared,
  trust,
  typePassword,
} from '#test/support/steps/trusted-devices.ts';

const operator = { kind: 'operator' } as const;

describeApp('the trust in a device', {}, (app) => {
  it('is listed with the sessions, and revoked there for that device only', async (t) => {
    const { person, browser, ...user } = await aTrustingUser(t, app());
    const second = app().browser();
    await trust(second, { person, ...user });
    const account = await typePassword(await browser.open('/auth/sign-in'), person);
    assert.equal(account.url.pathname, '/auth/account');

    const page = await browser.open('/auth/account/sessions');
    assert.ok(page.has('distrust-1') && page.has('distrust-2'), page.text);
    // The newest one is listed first.
    const after = await page.press('distrust-1');

    assert.ok(after.text.includes('That device is no longer trusted.'));
    assert.equal(after.has('distrust-2'), false);
    assert.equal(await isSpared(second, person), false);
    assert.equal(await isSpared(browser, person), true);
  });

  it('cannot be revoked by another user', async (t) => {
    const { person, browser } = await aTrustingUser(t, app());
    const other = await aTrustingUser(t, app());
    const [device] = await app().services.trustedDevices.list(person.id);
    assert.ok(device);
    await typePassword(await other.browser.open('/auth/sign-in'), other.person);
    const page = await other.browser.open('/auth/account/sessions');
    const form = page.form('distrust-1');
    const token = form.fields.get('form_token') ?? '';

    await app().services.trustedDevices.revoke(other.person.id, device.id, operator);
    assert.ok(token);
    assert.equal(await isSpared(browser, person), true);
  });

  const revocations: readonly (readonly [string, Revoke])[] = [
    [
      'a block',
      async ({ services }, id) => {
        await services.blocking.blockUser({ userId: id, reason: 'a test', by: operator });
        await services.blocking.unblockUser(id, operator);
      },
    ],
    [
      'a sign-out by an operator',
      async ({ services }, id) => {
        await services.blocking.endSessionsOf(id, operator);
      },
    ],
    [
      'a revocation of everything',
      async ({ services }, id) => {
        await services.blocking.revokeEverythingOf(id, operator);
      },
    ],
    [
      'a new password',
      async ({ services }, id) => {
        await services.blocking.revokeEverythingWith(
          id,
          operator,
          'password.reset',
          async () => {},
        );
      },
    ],
  ];
  for (const [name, revoke] of revocations) {
    it(`ends with ${name}`, async (t) => {
      const { person, browser } = await aTrustingUser(t, app());

      await revoke(app(), person.id);

      assert.equal(await isSpared(browser, person), false);
      assert.deepEqual(await app().services.trustedDevices.list(person.id), []);
    });
  }

  it('ends when the second factor is removed, and does not apply to one set up later', async (t) => {
    const { person, browser } = await aTrustingUser(t, app());

    await app().services.secondFactor.remove(person.id, operator);
    const fresh = app().browser();
    await typePassword(await fresh.open('/auth/sign-in'), person);
    await setUpCodes(fresh, person);

    assert.equal(await isSpared(browser, person), false);
  });

  for (const [name, act] of [
    ['the device is revoked', distrustAll],
    [
      'the second factor is removed',
      async ({ services }: TestApp, id: string) => {
        await services.secondFactor.remove(id, operator);
      },
    ],
  ] as const) {
    it(`does not complete a sign-in during which ${name}`, async (t) => {
      const { person, browser } = await aTrustingUser(t, app());
      const rp = await app().relyingParty();
      const { url } = await rp.request({ scope: 'openid email' });
      const consent = await typePassword(await browser.open(url), person);
      assert.ok(consent.has('allow'), consent.text);

      await act(app(), person.id);
      const page = await consent.press('allow');

      assert.equal(page.left, false);
      const account = await browser.open('/auth/account');
      assert.notEqual(account.url.pathname, '/auth/account');
    });
  }
});

describeApp('the trust in a device on two nodes', { arrangement: 'postgres, redis' }, (app) => {
  it('is known to every node, and revoked on every node at once', async (t) => {
    const { person, browser } = await aTrustingUser(t, app());
    const { databaseUrl, redisUrl } = app().services.config;
    const other = await startTestApp(t, {
      settings: {
        ISSUER: app().issuer,
        DATABASE_URL: databaseUrl ?? '',
        REDIS_URL: redisUrl ?? '',
      },
    });
    const there = browser.through(other.send);
    assert.equal(await isSpared(there, person), true);

    await distrustAll(other, person.id);

    assert.equal(await isSpared(browser, person), false);
    assert.equal(await isSpared(there, person), false);
  });

  it('is not granted if everything is revoked between the code and the trust', async (t) => {
    const { person } = await aUserWithCodes(t, app());
    const { services } = app();
    const before = await services.users.findById(person.id);
    assert.ok(before);

    await services.blocking.endSessionsOf(person.id, operator);

    assert.equal(await services.trustedDevices.trust(before), undefined);
  });
});

describeApp('a sign-out of everyone', {}, (app) => {
  it('ends the trust in every device', async (t) => {
    const { person, browser } = await aTrustingUser(t, app());

    await app().services.blocking.signEveryoneOut(operator);

    assert.equal(await isSpared(browser, person), false);
  });
});

type Revoke = (app: TestApp, userId: string) => Promise<void>;
