// The limits of a sign-in in an app: guesses, blocked users and users without access, on two nodes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { createNativeApp, type NativeApp } from '#test/support/actors/native-app.ts';
import type { Answer, Person } from '#test/support/actors/relying-party.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import {
  createUserWithCodes,
  newNativeApp,
  passwordStep,
} from '#test/support/steps/native-sign-in.ts';
import { codeOf } from '#test/support/steps/totp.ts';

const operator = { kind: 'operator' } as const;

describeNodes(
  'a sign-in in an app',
  { settings: { NATIVE_SIGN_IN: 'on', RATE_LIMITS: 'on' } },
  (nodes) => {
    guesses(nodes);
    users(nodes);
  },
);

function guesses(nodes: () => Nodes): void {
  it('ends a sign-in after five refused attempts', async () => {
    const app = await newNativeApp(nodes());
    const { secret, person } = await createUserWithCodes(nodes());
    let answer = await app.begin(passwordStep(person));
    const guess = 'AAAA-AAAA-AAAA-AAAA';

    const refused: Answer[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      answer = await app.next(answer, { method: 'otp', code: guess });
      refused.push(answer);
    }
    const after = await app.next(refused[3] ?? answer, { method: 'otp', code: codeOf(secret, 1) });

    const errors = refused.map(({ body }) => body['error']);
    const insufficient = 'insufficient_authorization';
    assert.deepEqual(errors, [...Array(4).fill(insufficient), 'access_denied']);
    assert.equal(answer.body['auth_session'], undefined);
    assertRefused(after, 400, 'invalid_session');
  });

  it('throttles guesses of a password as the pages do, in new sign-ins too', async () => {
    const app = await newNativeApp(nodes());
    const person = await nodes().createUser();
    const wrong = { ...passwordStep(person), password: 'not the password' };

    const reasons: unknown[] = [];
    let last: Answer | undefined;
    for (let turn = 0; turn < 12 && last?.status !== 429; turn += 1) {
      last = await app.begin(wrong, { send: nodes().at(turn).send });
      reasons.push(last.body['reason']);
    }

    assert.equal(last?.status, 429, reasons.join());
    assert.ok(Number(last?.headers.get('retry-after')) > 0);
    assert.deepEqual(new Set(reasons), new Set(['wrong', 'throttled']));
  });

  it('responds in the same way for an address without an account', async () => {
    const app = await newNativeApp(nodes());
    const person = await nodes().createUser();
    const shape = ({ status, body }: Answer) => [
      status,
      body['reason'],
      Object.keys(body),
      body['methods'],
    ];

    const known = await app.begin({ ...passwordStep(person), password: 'not the password' });
    const unknown = await app.begin({ ...passwordStep(person), username: 'nobody@example.com' });
    const mails = [
      await app.begin({ method: 'email', username: person.email }),
      await app.begin({ method: 'email', username: 'nobody.else@example.com' }),
    ];

    assert.deepEqual(shape(unknown), shape(known));
    const [toKnown, toUnknown] = mails.map(shape);
    assert.deepEqual(toUnknown, toKnown);
  });
}

function users(nodes: () => Nodes): void {
  async function assertNoSession(app: NativeApp, { id }: Person): Promise<void> {
    const { knex } = nodes().services.db;
    const alive = await knex('sessions').where({ user_id: id }).whereNull('ended_at');
    assert.deepEqual(alive, [], app.client.client_id);
  }

  it('ends a sign-in if the user is blocked between two steps', async () => {
    const app = await newNativeApp(nodes());
    const { person, secret } = await createUserWithCodes(nodes());
    const half = await app.begin(passwordStep(person));

    await nodes().services.blocking.blockUser({ userId: person.id, reason: 'test', by: operator });
    const answer = await app.next(half, { method: 'otp', code: codeOf(secret, 1) });
    const anew = await app.begin(passwordStep(person));
    const guess = await app.begin({ ...passwordStep(person), password: 'not the password' });

    assertRefused(answer, 400, 'invalid_session');
    // Only the page says that the account is blocked, and only after the right password.
    assertRefused(anew, 400, 'redirect_to_web');
    assert.equal(guess.body['reason'], 'wrong');
  });

  it('continues in a browser, bound to the key of the app and usable once', async () => {
    const app = await newNativeApp(nodes());
    const person = await nodes().createUser();
    const { blocking } = nodes().services;
    const claims = { userinfo: { email: { essential: true } } };
    await blocking.blockUser({ userId: person.id, reason: 'test', by: operator });
    const more = { claims: JSON.stringify(claims), nonce: 'a-nonce-of-the-app' };
    const sent = await app.begin({ ...passwordStep(person), ...more });
    await blocking.unblockUser(person.id, operator);
    const url = new URL(`${nodes().issuer}/oauth2/authorize`);
    url.searchParams.set('client_id', app.identity.clientId);
    url.searchParams.set('request_uri', String(sent.body['request_uri']));

    const browser = nodes().browser(nodes().at(1));
    const page = await browser.open(url);
    const login = { login: person.email, password: person.password };
    const returned = await (await page.press('sign-in', login)).press('allow');
    const again = await nodes().browser().open(url);
    const other = await createNativeApp(nodes(), app.identity);
    const code = returned.url.searchParams.get('code') ?? '';
    const redirect = { redirect_uri: 'com.example.app:/callback' };
    const stolen = await other.redeem(code, { ...redirect, code_verifier: app.verifier });
    const redeemed = await app.redeem(code, redirect);

    assert.deepEqual([sent.body['error'], sent.body['expires_in']], ['redirect_to_web', 60]);
    assert.equal(returned.url.protocol, 'com.example.app:', returned.text);
    assert.equal(again.has('sign-in'), false, again.text);
    assert.equal(stolen.status, 400);
    assert.equal(redeemed.status, 200);
  });

  it('refuses a user whose roles do not permit the app, and leaves no session', async () => {
    const app = await newNativeApp(nodes());
    const person = await nodes().createUser();
    const { clientId } = app.identity;
    const { done } = createCommandRunner(nodes().services);
    await done(['client', 'access', clientId, '--allow-role', 'admin']);

    const answer = await app.begin(passwordStep(person));

    assertRefused(answer, 400, 'access_denied');
    await assertNoSession(app, person);
  });
}
