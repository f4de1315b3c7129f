// Signals polled from an identity provider: each takes effect once and is acknowledged, and errors are
// reported to the provider.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { SignJWT, type JWTPayload } from 'jose';
import { collectWorks } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { aStranger, makeKey } from '#test/support/actors/identity-provider.ts';
import { signInUpstream, startAppWithProviders } from '#test/support/steps/federation.ts';
import { typeOf } from '#test/support/steps/signal-receiver.ts';
import {
  startSignalTransmitter,
  type SignalTransmitter,
} from '#test/support/steps/signal-transmitter.ts';

describe('signals that are collected from an identity provider', () => {
  const works = collectWorks();
  type Stage = Awaited<ReturnType<typeof startAppWithProviders>> & {
    readonly transmitter: SignalTransmitter;
  };
  let started: Stage | undefined;
  const issued = { count: 0 };
  before(async () => {
    const transmitter = await startSignalTransmitter(works);
    const setting = { signals: true, signals_poll_endpoint: transmitter.url };
    started = { ...(await startAppWithProviders(works, { setting })), transmitter };
  });
  after(works.run);
  beforeEach(async () => {
    const { app, other, transmitter } = stage();
    other.spoil({ atToken: issueToken });
    transmitter.forget();
    transmitter.spoil();
    transmitter.accept('a-token');
    await app.services.db.knex('signal_polls').delete();
  });
  const stage = () => {
    assert.ok(started);
    return started;
  };

  function issueToken(res: ServerResponse): void {
    issued.count += 1;
    const token = { access_token: 'a-token', token_type: 'Bearer', expires_in: 3600 };
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  }
  async function aLinkedUser() {
    const { app, other } = stage();
    const { sub } = other.become(aStranger());
    const browser = app.browser();
    other.spoil({});
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    const account = await asked.press('register');
    assert.equal(account.url.pathname, '/auth/account', account.text);
    other.spoil({ atToken: issueToken });
    const isSignedIn = async () =>
      (await browser.open('/auth/account')).url.pathname === '/auth/account';
    return { sub, isSignedIn };
  }
  async function makeSignal(sub: string, changes: JWTPayload = {}, key = stage().other.state.key) {
    const { issuer } = stage().other;
    const at = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      aud: 'ostiary',
      iat: at,
      jti: randomUUID(),
      sub_id: { format: 'iss_sub', iss: issuer, sub },
      events: { [typeOf('session-revoked')]: { event_timestamp: at } },
      ...changes,
    };
    const header = { alg: 'RS256', kid: key.kid, typ: 'secevent+jwt' };
    const token = await new SignJWT(claims).setProtectedHeader(header).sign(key.privateKey);
    return { jti: claims.jti, token };
  }
  async function offer(...signal: Parameters<typeof makeSignal>): Promise<string> {
    const { jti, token } = await makeSignal(...signal);
    stage().transmitter.waiting.set(jti, token);
    return jti;
  }
  const poll = () => stage().app.services.upstreamPolls.runDue(new AbortController().signal);
  const makeDue = () =>
    stage()
      .app.services.db.knex('signal_polls')
      .update({ due_at: new Date(0) });
  async function countReceived(jti: string): Promise<number> {
    const page = { after: undefined, limit: 100 };
    const { items } = await stage().app.services.auditSearch.search({}, page);
    return items.filter(({ details }) => details?.['jti'] === jti).length;
  }

  it('end the sessions of the linked user, and are acknowledged', async () => {
    const { transmitter, other } = stage();
    const [one, another] = [await aLinkedUser(), await aLinkedUser()];
    const jti = await offer(one.sub);

    await poll();

    assert.deepEqual([await one.isSignedIn(), await another.isSignedIn()], [false, true]);
    assert.deepEqual(
      transmitter.polls.map(({ ack }) => ack),
      [[], [jti]],
    );
    const asked = other.state.tokenRequests.at(-1)?.body;
    assert.equal(asked?.get('grant_type'), 'client_credentials');
    assert.equal(asked?.get('scope'), 'ssf.read');
  });

  it('take effect once, even when they arrive again, and are acknowledged again', async () => {
    const { transmitter } = stage();
    const { sub } = await aLinkedUser();
    const { jti, token } = await makeSignal(sub);

    for (const _ of [1, 2]) {
      transmitter.waiting.set(jti, token);
      await poll();
      await makeDue();
    }

    assert.equal(transmitter.waiting.size, 0);
    assert.equal(await countReceived(jti), 1);
  });

  it('have no effect if they are invalid, and the provider is told why', async () => {
    const { transmitter, other } = stage();
    const { sub, isSignedIn } = await aLinkedUser();
    const foreign = await offer(sub, { aud: 'another' });
    const wrongIssuer = await offer(sub, { iss: 'https://other.example' });
    transmitter.waiting.set('another-id', (await makeSignal(sub)).token);
    transmitter.waiting.set('an-id-token', await other.idTokenFor('nonce'));
    const fine = await offer('unknown');

    await poll();

    const [, told] = transmitter.polls;
    const errors = Object.entries(told?.setErrs ?? {}).map(([jti, { err }]) => [jti, err]);
    assert.deepEqual(Object.fromEntries(errors), {
      [foreign]: 'invalid_audience',
      [wrongIssuer]: 'invalid_issuer',
      'another-id': 'invalid_request',
      'an-id-token': 'invalid_request',
    });
    assert.deepEqual(told?.ack, [fine]);
    assert.equal(await isSignedIn(), true);
  });

  it('are reported as forged only if the key stays unknown, and do not delay others', async (t) => {
    const { transmitter, other } = stage();
    const clock = holdClock(t);
    const { sub, isSignedIn } = await aLinkedUser();
    const forged = await offer(sub, {}, { ...(await makeKey()), kid: other.state.key.kid });
    const valid = await offer('unknown');

    await poll();
    const early = transmitter.polls.at(-1);
    const left = [...transmitter.waiting.keys()];
    clock.advance(120);
    await poll();

    assert.deepEqual([early?.ack, early?.setErrs, left], [[valid], {}, [forged]]);
    assert.equal(transmitter.polls.at(-1)?.setErrs[forged]?.err, 'invalid_key');
    assert.equal(await isSignedIn(), true);
  });

  it('arrive in batches of bounded size until none is left', async () => {
    const { transmitter } = stage();
    for (let count = 0; count < 60; count += 1) await offer('unknown');

    await poll();

    assert.equal(transmitter.waiting.size, 0);
    const sizes = transmitter.polls.map(({ ack }) => ack.length);
    assert.deepEqual(sizes, [0, 25, 25, 10]);
  });

  it('are collected with a new access token if the current one is refused', async () => {
    const { transmitter } = stage();
    await poll();
    const earlier = issued.count;
    await makeDue();
    transmitter.accept('another-token');

    await poll();
    const refused = issued.count - earlier;

    assert.equal(refused, 1);
    assert.equal(transmitter.polls.length, 3);
    const [row] = await stage().app.services.db.knex('signal_polls').select('*');
    assert.equal(row.last_error, 'The provider responded with status 401.');
  });

  const respond =
    (status: number, body: string, headers = {}) =>
    (res: ServerResponse) =>
      void res.writeHead(status, headers).end(body);
  const failures: readonly (readonly [string, (res: ServerResponse) => void])[] = [
    ['an error', respond(500, '')],
    ['a redirect', respond(302, '', { location: 'http://127.0.0.1:1/' })],
    ['a response that is not JSON', respond(200, '<html>')],
    ['a response of another form', respond(200, '{"sets":[]}')],
    ['a response that is too large', respond(200, `{"sets":{"a":"${'x'.repeat(600_000)}"}}`)],
    ['a closed connection', (res) => void res.destroy()],
  ];
  for (const [name, failure] of failures) {
    it(`stay with the provider after ${name}, and are collected later, one at a time`, async () => {
      const { transmitter } = stage();
      await offer('unknown');
      transmitter.spoil(failure);
      await poll();
      transmitter.spoil();

      await poll();
      const early = transmitter.polls.length;
      await makeDue();
      await poll();

      assert.equal(early, 1);
      assert.equal(transmitter.polls[1]?.maxEvents, 1);
      assert.equal(transmitter.waiting.size, 0);
    });
  }

  it('are collected when the provider asks for a pause, but not before its end', async () => {
    const { app, transmitter } = stage();
    transmitter.spoil(respond(429, '', { 'retry-after': '1800' }));

    await poll();

    const [row] = await app.services.db.knex('signal_polls').select('*');
    const pauseSeconds = (row.due_at.getTime() - Date.now()) / 1000;
    assert.ok(pauseSeconds > 1700 && pauseSeconds <= 1800, String(pauseSeconds));
  });

  it('are not collected while another process does so', async () => {
    const { app, transmitter } = stage();
    await poll();
    const until = new Date(Date.now() + 60_000);
    await app.services.db.knex('signal_polls').update({ due_at: until });

    await poll();

    assert.equal(transmitter.polls.length, 1);
  });
});
