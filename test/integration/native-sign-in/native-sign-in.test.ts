// Sign-in in the pages of an app (draft-ietf-oauth-first-party-apps), on two nodes: each method, and what
// the codes and tokens are bound to. Refusals are in native-refusals.test.ts.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createNativeApp, nativeClient } from '#test/support/actors/native-app.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { codeIn } from '#test/support/steps/mailbox.ts';
import { signInOwn, withPasskey } from '#test/support/steps/passkeys.ts';
import { newNativeApp } from '#test/support/steps/native-sign-in.ts';
import { codeOf, setUpCodes } from '#test/support/steps/totp.ts';
import type { Options } from '#test/support/actors/authenticator.ts';

const settings = { NATIVE_SIGN_IN: 'on' };

describeNodes('sign-in in an app', { settings }, (nodes) => {
  withOneFactor(nodes);
  withTwoFactors(nodes);
});

const placeOf = (nodes: Nodes) => ({ ...nodes, send: nodes.at(0).send });

/** The newest code that was sent to the address; either node may deliver it. */
async function mailedCode({ services }: Nodes, email: string): Promise<string> {
  for (;;) {
    await services.outboxWorker.deliverDue();
    const mail = (await services.mailbox?.list())?.find(({ to }) => to === email);
    if (mail) return codeIn(mail);
    await pause(50);
  }
}

function withOneFactor(nodes: () => Nodes): void {
  it('exchanges a password for a code, and the code for tokens bound to the key', async () => {
    const app = await newNativeApp(nodes());
    const person = await nodes().createUser();
    const { email: username, password } = person;

    const first = await app.begin({ nonce: 'n-1', resource: '' });
    const proven = { method: 'password', username, password };
    const answer = await app.next(first, proven, { send: nodes().at(1).send });
    const tokens = await app.tokensOf(answer);

    assert.deepEqual([first.status, first.body['error']], [400, 'insufficient_authorization']);
    assert.equal(first.headers.get('cache-control'), 'no-store');
    assert.deepEqual(first.body['methods'], ['password', 'passkey', 'email']);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(Object.keys(answer.body), ['authorization_code']);
    assert.equal(tokens.token_type, 'dpop');
    const { sub, nonce, acr, amr, sid } = { ...tokens.claims };
    assert.deepEqual([sub, nonce], [person.id, 'n-1']);
    assert.deepEqual([acr, amr, typeof sid], ['urn:ostiary:acr:password', ['pwd'], 'string']);
    assert.equal((await app.userinfo(tokens.access_token, person.id)).sub, person.id);
    const { knex } = nodes().services.db;
    const signedIn = { user_id: person.id, event: 'sign_in.succeeded' };
    const [entry, ...others] = await knex('audit_events').where(signedIn);
    assert.deepEqual([entry.client_id, others], [app.client.client_id, []]);
  });

  it('accepts the password in the first request, and treats the key as the device', async () => {
    const listed = await nodes().createClient(nativeClient);
    const app = await createNativeApp(nodes(), listed);
    const { id, email: username, password } = await nodes().createUser();
    const proven = { method: 'password', username, password };

    const answers = [await app.begin(proven), await app.begin(proven)];

    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
    const { knex } = nodes().services.db;
    assert.equal((await knex('user_devices').where({ user_id: id })).length, 1);
    const other = await createNativeApp(nodes(), listed);
    await other.begin(proven);
    const entries = await knex('audit_events').where({ user_id: id, event: 'device.new' });
    assert.equal(entries.length, 1);
  });

  it('issues a refresh token for offline access without a consent page', async () => {
    const app = await newNativeApp(nodes());
    const person = await nodes().createUser();
    const { email: username, password } = person;
    const scope = 'openid offline_access';

    const tokens = await app.tokensOf(
      await app.begin({ scope, method: 'password', username, password }),
    );

    assert.equal(tokens.scope, scope);
    assert.ok(tokens.refresh_token);
  });

  it('accepts the code from a mail, once it was requested', async () => {
    const app = await newNativeApp(nodes());
    const { id, email: username } = await nodes().createUser({ emailVerified: true });

    const asked = await app.begin({ method: 'email', username });
    const code = await mailedCode(nodes(), username);
    const answer = await app.next(asked, { method: 'email_code', code });

    assert.deepEqual(asked.body['methods'], ['password', 'passkey', 'email_code', 'email']);
    const { claims } = await app.tokensOf(answer);
    assert.deepEqual([claims?.sub, claims?.['amr']], [id, ['email']]);
  });

  it('accepts a passkey of the issuer, and not the same assertion again', async () => {
    const app = await newNativeApp(nodes());
    const { person, device } = await withPasskey(placeOf(nodes()), await nodes().createUser());

    const first = await app.begin();
    const options = first.body['passkey'] as Options; // as the WebAuthn API takes them
    const passkeyResponse = device.get(options);
    const answer = await app.next(first, { method: 'passkey', passkey_response: passkeyResponse });
    const other = await app.begin();
    const replayed = await app.next(other, {
      method: 'passkey',
      passkey_response: passkeyResponse,
    });

    const { claims } = await app.tokensOf(answer);
    assert.deepEqual([claims?.sub, claims?.['acr']], [person.id, 'urn:ostiary:acr:two-factor']);
    assertRefused(replayed, 400, 'insufficient_authorization');
    assert.equal(replayed.body['reason'], 'invalid_passkey');
  });

  it('refuses an assertion that an Android app signed for its own origin', async () => {
    const app = await newNativeApp(nodes());
    const { device } = await withPasskey(placeOf(nodes()), await nodes().createUser());

    const first = await app.begin();
    const options = first.body['passkey'] as Options; // as above
    const origin = 'android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck';
    const answer = await app.next(first, {
      method: 'passkey',
      passkey_response: device.get(options, { origin }),
    });

    assert.deepEqual([answer.status, answer.body['reason']], [400, 'invalid_passkey']);
  });

  it('binds the code to the key of the installation and to PKCE', async () => {
    const app = await nodes().createClient(nativeClient);
    const [own, other] = [await createNativeApp(nodes(), app), await createNativeApp(nodes(), app)];
    const { email: username, password } = await nodes().createUser();
    const proven = { method: 'password', username, password };

    const codeOfOwn = async () => String((await own.begin(proven)).body['authorization_code']);
    const elsewhere = await other.redeem(await codeOfOwn(), { code_verifier: own.verifier });
    const unproven = await own.redeem(await codeOfOwn(), { code_verifier: other.verifier });
    const kept = { redirect_uri: 'com.example.app:/callback' };
    const elsewhereTo = { redirect_uri: 'com.example.app:/other' };
    const answers = [await own.redeem(await codeOfOwn(), kept)];
    answers.push(await own.redeem(await codeOfOwn(), elsewhereTo));

    assert.deepEqual([elsewhere.status, unproven.status], [400, 400]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 400],
    );
    assert.equal(Object(await elsewhere.json()).error, 'invalid_grant');
  });
}

function withTwoFactors(nodes: () => Nodes): void {
  it('asks for the second factor after the password, as the pages do', async () => {
    const app = await newNativeApp(nodes());
    const person = await nodes().createUser();
    const browser = nodes().browser();
    await signInOwn(browser, person);
    const { recoveryCodes } = await setUpCodes(browser, person);
    const { email: username, password } = person;

    const half = await app.begin({ method: 'password', username, password });
    const wrong = await app.next(half, { method: 'otp', code: 'AAAA-AAAA-AAAA-AAAA' });
    const again = await app.next(wrong, { method: 'otp', code: recoveryCodes[0] ?? '' });

    assert.deepEqual([half.status, half.body['methods']], [400, ['otp']]);
    assert.equal(half.body['passkey'], undefined);
    assert.deepEqual([wrong.status, wrong.body['reason']], [400, 'wrong']);
    const { claims } = await app.tokensOf(again);
    assert.deepEqual(
      [claims?.['acr'], claims?.['amr']],
      ['urn:ostiary:acr:two-factor', ['pwd', 'otp', 'mfa']],
    );
  });

  it('accepts a code of the authenticator app, or a passkey, as the second factor', async () => {
    const app = await newNativeApp(nodes());
    const place = placeOf(nodes());
    const { person, device, browser } = await withPasskey(place, await nodes().createUser());
    const { secret } = await setUpCodes(browser, person);
    const { email: username, password } = person;
    const proven = { method: 'password', username, password };

    const half = await app.begin(proven);
    const byCode = await app.next(half, { method: 'otp', code: codeOf(secret, 1) });
    const other = await app.begin(proven);
    const options = other.body['passkey'] as Options; // as the WebAuthn API takes them
    const byKey = await app.next(other, {
      method: 'passkey',
      passkey_response: device.get(options),
    });

    assert.deepEqual(half.body['methods'], ['otp', 'passkey']);
    assert.deepEqual((await app.tokensOf(byCode)).claims?.['amr'], ['pwd', 'otp', 'mfa']);
    const { claims } = await app.tokensOf(byKey);
    assert.deepEqual(claims?.['amr'], ['pwd', 'hwk', 'user', 'mfa']);
  });
}
