// OpenID CIBA (Core 1.0) in the modes poll and ping, on each store: the request, the user's decision in
// the account, what the client is told while it waits, and what is refused.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { describeOnEachArrangement } from '#test/support/app.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { createBackchannelPing } from '#oidc/asynchronous/backchannel-ping.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { createOidcProvider } from '#server/oidc-provider.ts';
import { backchannelClient, createAsking } from '#test/support/steps/backchannel.ts';
import { linkIn, newestMail } from '#test/support/steps/mailbox.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';

const path = '/auth/account/requests';

describeOnEachArrangement('backchannel authentication (CIBA Core 1.0)', (app) => {
  const newClient = async (facts: Readonly<Record<string, unknown>> = {}) =>
    createAsking(app(), await app().createClient({ ...backchannelClient, ...facts }));

  const aPerson = () => app().createUser({ emailVerified: true });

  async function openRequests(person: Person) {
    const browser = app().browser();
    await signInOwn(browser, person);
    return { browser, page: await browser.open(`${app().issuer}${path}`) };
  }

  /** The page with the requests, after the user has reauthenticated. */
  async function openToAllow(person: Person) {
    const { browser, page } = await openRequests(person);
    assert.equal(page.has('allow-1'), false, page.text);
    const confirm = await browser.open(`${app().issuer}/auth/account/confirm?back=requests`);
    return confirm.press('confirm', { password: person.password });
  }

  /** Handles the pings of this application in place of the client. */
  async function receivePings() {
    const { services } = app();
    const { provider } = await createOidcProvider(services);
    const pings: { address: string; authorization: string | null; body: string }[] = [];
    const fetch: OutboundFetch = async (address, { headers, body } = {}) => {
      const authorization = new Headers(headers).get('authorization');
      pings.push({ address: String(address), authorization, body: String(body) });
      return new Response(null, { status: 204 });
    };
    const ping = createBackchannelPing({ provider, fetch, now: services.now });
    services.outboxWorker.registerHandler('backchannel_ping', ping);
    return pings;
  }

  it('tells the user by mail, and issues tokens after the approval', async () => {
    const [client, person] = [await newClient(), await aPerson()];
    const asked = await client.ask({
      scope: 'openid email',
      login_hint: person.email,
      binding_message: 'Order 4711',
    });
    const waiting = await client.poll(asked.auth_req_id);
    const mail = await newestMail(app(), person.email);

    const page = await openToAllow(person);
    const after = await page.press('allow-1');

    assert.deepEqual([asked.interval, asked.expires_in], [5, 600]);
    assert.deepEqual([waiting.status, waiting.body['error']], [400, 'authorization_pending']);
    assert.match(mail.subject, /Acme Bank wants to confirm it’s you/);
    assert.equal(new URL(linkIn(mail)).pathname, path);
    assert.match(page.text, /Acme Bank/);
    assert.match(page.text, /Order 4711/);
    assert.match(after.text, /You allowed the request/);
    const tokens = await client.redeem(asked.auth_req_id);
    assert.equal(tokens.scope, 'openid email');
    assert.ok(tokens.id_token && tokens.refresh_token);
    const again = await client.poll(asked.auth_req_id);
    assert.equal(again.body['error'], 'invalid_grant');
  });

  it('answers access_denied after the user denied', async () => {
    const [client, person] = [await newClient(), await aPerson()];
    const { auth_req_id: id } = await client.ask({ login_hint: person.email });

    const after = await (await openRequests(person)).page.press('deny-1');

    assert.match(after.text, /You denied the request/);
    assert.equal((await client.poll(id)).body['error'], 'access_denied');
  });

  it('identifies the user by an ID token, and refuses other hints (§7.1)', async () => {
    const [client, person] = [await newClient(), await aPerson()];
    const { auth_req_id: id } = await client.ask({ login_hint: person.email });
    await (await openToAllow(person)).press('allow-1');
    const { id_token: hint = '' } = await client.redeem(id);

    const hinted = await client.tryToAsk({ id_token_hint: hint });
    const both = await client.tryToAsk({ id_token_hint: hint, login_hint: person.email });
    const token = await client.tryToAsk({ login_hint_token: 'eyJhbGciOiJub25lIn0.e30.' });
    const none = await client.tryToAsk({});
    const unknown = await client.tryToAsk({ login_hint: 'nobody@example.com' });

    assert.equal(hinted.status, 200);
    const errors = [both, token, none, unknown].map(({ body }) => body['error']);
    const invalid = 'invalid_request';
    assert.deepEqual(errors, [invalid, invalid, invalid, 'unknown_user_id']);
  });

  it('does not ask a user whose address is not verified', async () => {
    const [client, person] = [await newClient(), await app().createUser()];

    const { body } = await client.tryToAsk({ login_hint: person.email });

    assert.equal(body['error'], 'unknown_user_id');
  });

  it('limits the binding message and the time', async () => {
    const [client, person] = [await newClient(), await aPerson()];
    const hint = { login_hint: person.email };

    const link = await client.tryToAsk({ ...hint, binding_message: 'see https://x.example' });
    const short = await client.ask({ ...hint, requested_expiry: '30' });
    const long = await client.ask({ ...hint, requested_expiry: '100000' });

    assert.equal(link.body['error'], 'invalid_binding_message');
    assert.deepEqual([short.expires_in, long.expires_in], [30, 600]);
  });

  it('answers slow_down to polls that come too early', async () => {
    const [client, person] = [await newClient(), await aPerson()];
    const { auth_req_id: id } = await client.ask({ login_hint: person.email });

    const answers = await Promise.all([1, 2].map(() => client.poll(id)));

    const errors = answers.map(({ body }) => String(body['error'])).toSorted();
    assert.deepEqual(errors, ['authorization_pending', 'slow_down']);
  });

  it('ends the pending requests for a blocked user', async () => {
    const [client, person] = [await newClient(), await aPerson()];
    const { auth_req_id: id } = await client.ask({ login_hint: person.email });

    await app().block(person.id);

    assert.equal((await client.poll(id)).body['error'], 'access_denied');
    const { body } = await client.tryToAsk({ login_hint: person.email });
    assert.equal(body['error'], 'unknown_user_id');
  });

  it('issues nothing for a user who was blocked after the approval', async () => {
    const [client, person] = [await newClient(), await aPerson()];
    const { auth_req_id: id } = await client.ask({ login_hint: person.email });
    await (await openToAllow(person)).press('allow-1');

    await app().block(person.id);

    assert.equal((await client.poll(id)).body['error'], 'invalid_grant');
  });

  it('shows a request to its user only, and accepts one answer', async () => {
    const [client, person, other] = [await newClient(), await aPerson(), await aPerson()];
    await client.ask({ login_hint: person.email });
    const page = await openToAllow(person);
    const { page: foreign } = await openRequests(other);
    await page.press('deny-1');

    const late = await page.press('allow-1');

    assert.match(foreign.text, /No app is waiting/);
    assert.equal(late.status, 409);
    assert.match(late.text, /already answered/);
  });

  it('refuses the request of another client', async () => {
    const [client, other, person] = [await newClient(), await newClient(), await aPerson()];
    const { auth_req_id: id } = await client.ask({ login_hint: person.email });

    assert.equal((await other.poll(id)).body['error'], 'invalid_grant');
  });

  it('pings a client with its own token (§10.2)', async () => {
    const endpoint = 'https://rp.example/ping';
    const client = await newClient({
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: endpoint,
    });
    const person = await aPerson();
    const token = 'client-notification-token-1';
    const pings = await receivePings();
    const missing = await client.tryToAsk({ login_hint: person.email });
    const hint = { login_hint: person.email, client_notification_token: token };
    const { auth_req_id: id } = await client.ask(hint);

    await (await openToAllow(person)).press('allow-1');
    await app().services.outboxWorker.deliverDue();

    assert.equal(missing.body['error'], 'invalid_request');
    const body = JSON.stringify({ auth_req_id: id });
    const [ping] = pings.filter((each) => each.body === body);
    assert.deepEqual(ping, { address: endpoint, authorization: `Bearer ${token}`, body });
    assert.ok((await client.redeem(id)).access_token);
  });

  it('is answered from the command line outside production', async () => {
    const [client, person] = [await newClient(), await aPerson()];
    const allowed = await client.ask({ login_hint: person.email });
    const denied = await client.ask({ login_hint: person.email });
    const { run } = createCommandRunner(app().services);

    const first = await run(['ciba', 'approve', allowed.auth_req_id]);
    const second = await run(['ciba', 'deny', denied.auth_req_id]);
    const again = await run(['ciba', 'approve', denied.auth_req_id]);
    const unknown = await run(['ciba', 'approve', 'unknown']);

    assert.deepEqual([first.exitCode, second.exitCode], [0, 0], first.err + second.err);
    assert.deepEqual([again.exitCode, unknown.exitCode], [4, 3]);
    assert.ok((await client.redeem(allowed.auth_req_id)).access_token);
    assert.equal((await client.poll(denied.auth_req_id)).body['error'], 'access_denied');
  });

  it('refuses contradictory registrations with a sentence', async () => {
    const attempts = [
      { auth: 'none', backchannel_token_delivery_mode: 'poll' },
      { backchannel_user_code_parameter: true },
      { grant_types: ['refresh_token'] },
      { backchannel_token_delivery_mode: 'push' },
      { backchannel_client_notification_endpoint: 'https://rp.example/ping' },
    ] as const;

    for (const facts of attempts) {
      await assert.rejects(app().createClient({ ...backchannelClient, ...facts }), {
        code: 'invalid_input',
      });
    }
  });
});
