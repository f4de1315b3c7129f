// Requests that the authorization challenge endpoint refuses (draft-ietf-oauth-first-party-apps), on two
// nodes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { createNativeApp, nativeClient } from '#test/support/actors/native-app.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import {
  createUserWithCodes,
  newNativeApp,
  passwordStep,
} from '#test/support/steps/native-sign-in.ts';
import { codeOf } from '#test/support/steps/totp.ts';

describeNodes(
  'the authorization challenge endpoint',
  { settings: { NATIVE_SIGN_IN: 'on' } },
  (nodes) => {
    whoMayAsk(nodes);
    sessions(nodes);
  },
);

describeNodes('a server with NATIVE_SIGN_IN=off', { settings: {}, count: 1 }, (nodes) => {
  it('has no such endpoint, and does not announce it', async () => {
    const { send } = nodes().at(0);
    const { issuer } = nodes();

    const body = new URLSearchParams({ client_id: 'app' });
    const answer = await send(`${issuer}/oauth2/authorize-challenge`, { method: 'POST', body });
    const discovery = await send(`${issuer}/.well-known/oauth-authorization-server`);

    assert.equal(answer.status, 404);
    assert.equal(Object(await discovery.json())['authorization_challenge_endpoint'], undefined);
  });
});

function whoMayAsk(nodes: () => Nodes): void {
  it('refuses clients without native sign-in and unknown clients alike', async () => {
    const own = await newNativeApp(nodes());
    const other = await newNativeApp(nodes(), { first_party_native: false });
    const person = await nodes().createUser();

    const unlisted = await other.begin(passwordStep(person));
    const unknown = await own.begin({ ...passwordStep(person), client_id: 'unknown' });

    assertRefused(unlisted, 400, 'unauthorized_client');
    assert.deepEqual(unknown.body, unlisted.body);
  });

  it('is available to a client that is registered as the guide says', async () => {
    const guide = await readFile('docs/guides/native.md', 'utf8');
    const [, metadata = ''] = /<<'JSON'\n([^]+?)\nJSON\n/.exec(guide) ?? [];
    const { done } = createCommandRunner(nodes().services);

    const ran = await done(['client', 'create', '--metadata', '-', '--json'], metadata);

    const clientId = String(ran.json()['client_id']);
    const own = await newNativeApp(nodes());
    const answer = await own.begin({ client_id: clientId });
    assertRefused(answer, 400, 'insufficient_authorization');
  });

  it('is not available to clients that are registered otherwise', async () => {
    const faults = [
      [{ profile: 'oauth2.1' }, /requires profile to be "native"/],
      [{ first_party: false }, /requires first_party to be true/],
      [{ dpop_bound_access_tokens: false }, /requires dpop_bound_access_tokens to be true/],
      [{ require_pushed_authorization_requests: true }, /contradicts require_pushed/],
      [{ first_party_native: 'yes' }, /must be true or false/],
    ] as const;
    for (const [facts, message] of faults) {
      await assert.rejects(nodes().createClient({ ...nativeClient, ...facts }), message);
    }
  });

  it('requires a DPoP proof, which it accepts once and for its own URL only', async () => {
    const app = await newNativeApp(nodes());
    const { issuer } = nodes();
    const proof = await app.prove(`${issuer}/oauth2/authorize-challenge`);
    const fields = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' };

    const first = await app.post(fields, { dpop: proof });
    const replayed = await app.post(fields, { dpop: proof, send: nodes().at(1).send });
    const elsewhere = await app.post(fields, { dpop: await app.prove(`${issuer}/oauth2/token`) });
    const without = await app.post(fields, { dpop: '' });

    assertRefused(first, 400, 'insufficient_authorization');
    for (const answer of [replayed, elsewhere, without]) {
      assertRefused(answer, 400, 'invalid_dpop_proof');
    }
  });

  it('requires a nonce of the server if the registration says so', async () => {
    const app = await newNativeApp(nodes(), { dpop_nonce_required: true });

    const answer = await app.begin();

    assertRefused(answer, 400, 'use_dpop_nonce');
    assert.ok(answer.headers.get('dpop-nonce'));
  });

  it('checks the request as the authorization endpoint does', async () => {
    const app = await newNativeApp(nodes(), { scope: 'openid email' });

    const answers = [
      await app.begin({ code_challenge: '' }),
      await app.begin({ code_challenge_method: 'plain' }),
      await app.begin({ request_uri: 'urn:ietf:params:oauth:request_uri:x' }),
      await app.begin({ prompt: 'none' }),
      await app.begin({ method: 'otp', code: '123456' }),
      await app.begin({ method: 'password', username: 'ann@example.com' }),
      await app.begin({ method: 'sms' }),
      await app.begin({ redirect_uri: 'com.evil.app:/callback' }),
    ];
    for (const answer of answers) assertRefused(answer, 400, 'invalid_request');
    assertRefused(await app.begin({ scope: 'openid profile' }), 400, 'invalid_scope');
    assertRefused(await app.begin({ resource: 'https://unknown.example' }), 400, 'invalid_target');
  });
}

function sessions(nodes: () => Nodes): void {
  it('refuses an auth_session of another app or another key, which stays valid', async () => {
    const [own, other] = [await newNativeApp(nodes()), await newNativeApp(nodes())];
    const sameApp = await createNativeApp(nodes(), own.identity);
    const person = await nodes().createUser();

    const first = await own.begin();
    const foreign = await other.next(first, passwordStep(person));
    const otherKey = await sameApp.next(first, passwordStep(person));
    const invented = await own.post({ auth_session: 'x'.repeat(43), ...passwordStep(person) });

    for (const answer of [foreign, otherKey, invented])
      assertRefused(answer, 400, 'invalid_session');
    assert.equal((await own.next(first, passwordStep(person))).status, 200);
  });

  it('accepts each auth_session once, even in concurrent requests', async () => {
    const app = await newNativeApp(nodes());
    const person = await nodes().createUser();

    const first = await app.begin();
    const turns = [0, 1, 0, 1].map((turn) =>
      app.next(first, passwordStep(person), { send: nodes().at(turn).send }),
    );
    const answers = await Promise.all(turns);
    const replayed = await app.next(first, passwordStep(person));

    const others = answers.filter(({ status }) => status !== 200);
    assert.equal(others.length, 3);
    for (const answer of [...others, replayed]) assertRefused(answer, 400, 'invalid_session');
  });

  it('accepts neither an earlier step again nor a step that was not offered', async () => {
    const app = await newNativeApp(nodes());
    const { person, secret } = await createUserWithCodes(nodes());

    const first = await app.begin();
    const early = await app.next(first, { method: 'otp', code: codeOf(secret, 1) });
    const half = await app.next(first, passwordStep(person));
    const again = await app.next(first, passwordStep(person));
    const back = await app.next(half, passwordStep(person));
    const done = await app.next(half, { method: 'otp', code: codeOf(secret, 1) });
    const replayed = await app.next(half, { method: 'otp', code: codeOf(secret, 1) });

    assertRefused(early, 400, 'invalid_request');
    assertRefused(again, 400, 'invalid_session');
    assertRefused(back, 400, 'invalid_request');
    assert.equal(done.status, 200, done.text);
    assertRefused(replayed, 400, 'invalid_session');
  });

  it('issues one code for a second factor that is sent twice at the same time', async () => {
    const app = await newNativeApp(nodes());
    const { person, secret } = await createUserWithCodes(nodes());
    const half = await app.begin(passwordStep(person));

    const answers = await Promise.all(
      [0, 1].map((turn) =>
        app.next(half, { method: 'otp', code: codeOf(secret, 1) }, { send: nodes().at(turn).send }),
      ),
    );

    const accepted = answers.filter(({ status }) => status === 200);
    assert.equal(accepted.length, 1);
  });
}
