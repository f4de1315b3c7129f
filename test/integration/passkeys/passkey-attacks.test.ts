// Invalid input from an authenticator, a browser or an attacker (WebAuthn §7.1 and §7.2).
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { atOnce } from '#test/support/data/outcomes.ts';
import { createAuthenticator, type Twist } from '#test/support/actors/authenticator.ts';
import {
  addPasskey,
  answerWith,
  ask,
  openFresh,
  signInOwn,
  tryAsk,
  useAtHome,
  withPasskey,
} from '#test/support/steps/passkeys.ts';
import { holdClock } from '#test/support/clock.ts';
import { newestMail } from '#test/support/steps/mailbox.ts';

const flags = { none: 0, noUser: 4, unverified: 1, backedUpOnly: 1 + 4 + 16, eligible: 1 + 4 + 8 };

/** Changes that make both ceremonies fail. */
const twists: Readonly<Record<string, Twist>> = {
  'an unknown challenge': { challenge: randomBytes(32).toString('base64url') },
  'a foreign origin': { origin: 'https://evil.example' },
  'an origin that is a prefix of the expected one': { origin: 'http://127.0.0.1' },
  'crossOrigin set': { crossOrigin: true },
  'topOrigin set': { topOrigin: 'https://evil.example' },
  'the hash of another RP ID': { rpId: 'evil.example' },
  'the user present flag unset': { flags: flags.noUser },
  'the user verified flag unset': { flags: flags.unverified },
  'the backup state flag but not the backup eligible flag': { flags: flags.backedUpOnly },
};

const atSignIn: Readonly<Record<string, Twist>> = {
  ...twists,
  'the ceremony type webauthn.create': { type: 'webauthn.create' },
  'an invalid signature': { breaksSignature: true },
  'an unknown user handle': { userHandle: randomBytes(64).toString('base64url') },
  'no user handle': { userHandle: undefined },
  'a changed backup eligible flag': { flags: flags.eligible },
};

const atRegistration: Readonly<Record<string, Twist>> = {
  ...twists,
  'the ceremony type webauthn.get': { type: 'webauthn.get' },
  'an unsupported algorithm': { algorithm: -35 },
  'a credential ID longer than 1023 bytes': { id: randomBytes(1024) },
};

async function isSignedIn(app: TestApp, browser: ReturnType<TestApp['browser']>) {
  return (await browser.open(`${app.issuer}/auth/account`)).url.pathname === '/auth/account';
}

describeApp('a sign-in with a passkey', {}, (app) => {
  for (const [what, twist] of Object.entries(atSignIn)) {
    it(`rejects an assertion with ${what}`, async () => {
      const { device } = await withPasskey(app(), await app().createUser());

      const { browser, page } = await useAtHome(app(), device, twist);

      assert.match(page.text, /couldn’t be verified/);
      assert.equal(await isSignedIn(app(), browser), false);
      assert.ok(await isSignedIn(app(), (await useAtHome(app(), device)).browser));
    });
  }

  it('rejects an assertion with the user handle of another user', async () => {
    const ann = await withPasskey(app(), await app().createUser());
    const bob = await withPasskey(app(), await app().createUser());
    const { userHandle = '' } = (await app().services.passkeys.accepted(bob.person.id)) ?? {};

    const { browser } = await useAtHome(app(), ann.device, { userHandle });

    assert.equal(await isSignedIn(app(), browser), false);
  });

  it('rejects malformed assertions', async () => {
    const good = JSON.parse(createAuthenticator({ issuer: app().issuer }).get({ challenge: 'AA' }));
    const bad = [
      '',
      'null',
      '[]',
      '{}',
      '"a"',
      JSON.stringify({ ...good, id: '' }),
      JSON.stringify({ ...good, id: 'A'.repeat(5000) }),
      JSON.stringify({ ...good, type: 'password' }),
      JSON.stringify({ ...good, response: { ...good.response, clientDataJSON: '__' } }),
      JSON.stringify({ ...good, response: { ...good.response, signature: 7 } }),
    ];
    for (const text of bad) {
      const page = await app().browser().open('/auth/sign-in');
      const refused = await answerWith(page, text);
      assert.match(refused.text, /couldn’t be verified/, text);
    }
  });

  it('rejects an expired challenge and one of another browser or purpose', async (t) => {
    const clock = holdClock(t);
    const { browser, device, page, person } = await withPasskey(app(), await app().createUser());
    const here = app().browser();
    const form = await here.open('/auth/sign-in');
    const elsewhere = app().browser();
    const foreign = await ask(app(), elsewhere, await elsewhere.open('/auth/sign-in'));
    const forAdding = await ask(app(), browser, page);
    const old = await ask(app(), here, form);

    const answers = [
      await answerWith(form, device.get(foreign)),
      await answerWith(form, device.get(forAdding)),
    ];
    clock.advance(5 * 60 + 1);
    answers.push(await answerWith(form, device.get(old)));

    for (const answer of answers) assert.match(answer.text, /couldn’t be verified/);
    assert.equal(await isSignedIn(app(), here), false);
    assert.equal((await signInOwn(here, person)).url.pathname, '/auth/account');
  });

  it('rejects cross-site requests for options and with assertions', async () => {
    const page = await app().browser().open('/auth/sign-in');
    const { action } = page.form('answer');
    const body = new URLSearchParams([...page.form('answer').fields]);
    for (const path of [action, `${action}/options`]) {
      const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
      const answer = await app().send(new URL(path, app().issuer), {
        method: 'POST',
        body,
        headers,
      });
      assert.equal(answer.status, 403);
    }
  });

  it('rejects a signature counter that did not increase and reports a cloned key', async () => {
    const { device, person } = await withPasskey(app(), await app().createUser());
    await useAtHome(app(), device, { signCount: 40 });

    const { browser, page } = await useAtHome(app(), device, { signCount: 40 });

    assert.match(page.text, /may have been copied/);
    assert.equal(await isSignedIn(app(), browser), false);
    const where = { event: 'passkey.cloned', user_id: person.id };
    const rows: unknown[] = await app().services.db.knex('audit_events').where(where);
    assert.equal(rows.length, 1);
    assert.match((await newestMail(app(), person.email)).subject, /may have been copied/);
    assert.ok(await isSignedIn(app(), (await useAtHome(app(), device, { signCount: 41 })).browser));
  });

  it('accepts exactly one of many concurrent requests with the same assertion', async () => {
    const { device } = await withPasskey(app(), await app().createUser(), { synced: true });
    const browser = app().browser();
    const page = await browser.open('/auth/sign-in');
    const answer = device.get(await ask(app(), browser, page));

    const pages = await atOnce(() => browser.copy().open('/auth/sign-in'));

    const results = await Promise.all(pages.map((each) => answerWith(each, answer)));

    assert.equal(results.filter(({ url }) => url.pathname === '/auth/account').length, 1);
    assert.equal(results.filter(({ url }) => url.searchParams.has('problem')).length, 19);
  });
});

describeApp('the registration of a passkey', {}, (app) => {
  for (const [what, twist] of Object.entries(atRegistration)) {
    it(`rejects an attestation with ${what}`, async () => {
      const person = await app().createUser();
      const browser = app().browser();
      await signInOwn(browser, person);
      const page = await openFresh(browser, person);
      const device = createAuthenticator({ issuer: app().issuer });

      const refused = await addPasskey(app(), browser, page, device, twist);

      assert.equal(refused.status, 422);
      assert.match(refused.text, /couldn’t be verified/);
      assert.deepEqual(await app().services.passkeys.list(person.id), []);
    });
  }

  it('rejects a credential that is already registered to another user', async () => {
    const ann = await withPasskey(app(), await app().createUser());
    const bob = await withPasskey(app(), await app().createUser());

    const taken = await addPasskey(app(), bob.browser, bob.page, ann.device);

    assert.equal(taken.status, 422);
    assert.match(taken.text, /already in use/);
    const [kept] = await app().services.passkeys.list(ann.person.id);
    assert.equal(kept?.id, ann.device.id);
  });

  it('rejects a used challenge and a challenge of another session', async () => {
    const ann = await withPasskey(app(), await app().createUser());
    const bob = await withPasskey(app(), await app().createUser());
    const options = await ask(app(), ann.browser, ann.page);
    const make = () => createAuthenticator({ issuer: app().issuer }).create(options);

    const foreign = await answerWith(bob.page, make());
    const first = await answerWith(ann.page, make());
    const second = await answerWith(ann.page, make());

    assert.deepEqual([foreign.status, first.status, second.status], [422, 200, 422]);
  });

  it('refuses registration options to a browser that is not signed in', async () => {
    const { page } = await withPasskey(app(), await app().createUser());
    const signedOut = app().browser();
    await signedOut.open('/auth/sign-in');

    assert.equal((await tryAsk(app(), signedOut, page)).status, 403);
  });
});
