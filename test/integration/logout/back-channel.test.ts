import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import { startLogoutSink, type LogoutSink } from '#test/support/steps/logout-endpoint.ts';
import {
  describeApp,
  describeOnEachArrangement,
  startTestApp,
  type TestApp,
} from '#test/support/app.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import type { Login, RelyingParty } from '#test/support/actors/relying-party.ts';

const loopback = { OUTBOUND_ALLOW: '127.0.0.0/8' };
const event = 'http://schemas.openid.net/event/backchannel-logout';

async function signedInWith(t: CleanUp, app: TestApp, facts: object = {}) {
  const sink = await startLogoutSink(t);
  const rp = await app.relyingParty({ backchannel_logout_uri: sink.uri, ...facts });
  const person = await app.createUser();
  return { sink, rp, person, login: await rp.login(person) };
}

async function signOut(rp: RelyingParty, { browser, idToken }: Login) {
  return browser.open(rp.logoutUrl({ id_token_hint: idToken }));
}

/** Validates a logout token as a relying party must (Back-Channel Logout 1.0 §2.6). */
async function verify(app: TestApp, rp: RelyingParty, token = '') {
  const jwks = createRemoteJWKSet(new URL(rp.as.jwks_uri ?? ''), {
    [customFetch]: (url: string) => app.send(url),
  });
  return jwtVerify(token, jwks, {
    issuer: app.issuer,
    audience: rp.app.clientId,
    typ: 'logout+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['iat', 'exp', 'jti', 'events', 'sub'],
    maxTokenAge: '2 minutes',
  });
}

describeOnEachArrangement(
  'OpenID Connect Back-Channel Logout 1.0',
  (app) => {
    it('sends a valid logout token with sub and sid', async (t) => {
      const { sink, rp, person, login } = await signedInWith(t, app());

      await signOut(rp, login);
      await app().services.outboxWorker.deliverDue();

      assert.equal(sink.tokens.length, 1);
      const { payload } = await verify(app(), rp, sink.tokens[0]);
      assert.equal(payload.sub, person.id);
      assert.equal(payload['sid'], login.claims['sid']);
      assert.deepEqual(payload['events'], { [event]: {} });
      assert.equal(payload['nonce'], undefined);
      assert.ok(Number(payload.exp) - Number(payload.iat) <= 120);
    });

    it('notifies the clients of a user who is blocked', async (t) => {
      const { sink, rp, person } = await signedInWith(t, app());

      await app().block(person.id);
      await app().services.outboxWorker.deliverDue();

      const { payload } = await verify(app(), rp, sink.tokens[0]);
      assert.equal(payload.sub, person.id);
    });
  },
  loopback,
);

describeApp('delivery of a logout token', { settings: loopback }, (app) => {
  it('sends one logout token per ended session and none for other users', async (t) => {
    const { sink, rp, login } = await signedInWith(t, app());
    await rp.login(await app().createUser());

    await signOut(rp, login);
    await app().services.outboxWorker.deliverDue();

    assert.equal(sink.tokens.length, 1);
  });

  it('retries with a new token after an error, without delaying sign-out', async (t) => {
    const { sink, rp, login } = await signedInWith(t, app());
    const { outboxWorker } = app().services;
    sink.mood = 'refusing';

    const page = await signOut(rp, login);
    await outboxWorker.deliverDue();
    sink.mood = 'well';
    await makeDue(app());
    await outboxWorker.deliverDue();

    assert.ok(page.has('signed-out'));
    assert.equal(sink.tokens.length, 2);
    const [first, second] = await Promise.all(sink.tokens.map((token) => verify(app(), rp, token)));
    assert.notEqual(first?.payload.jti, second?.payload.jti);
    assert.equal(await waitingFor(app(), rp), 0);
  });

  it('does not follow redirects of the client', async (t) => {
    const { sink, rp, login } = await signedInWith(t, app());
    sink.mood = 'redirecting';

    await signOut(rp, login);
    await app().services.outboxWorker.deliverDue();

    assert.equal(await waitingFor(app(), rp), 1);
  });

  it('gives up and records it in the audit log if the client no longer exists', async (t) => {
    const { sink, rp, login } = await signedInWith(t, app());

    await signOut(rp, login);
    await app().services.db.knex('clients').where({ client_id: rp.app.clientId }).delete();
    await app().services.invalidation.publish({});
    await app().services.outboxWorker.deliverDue();

    assert.equal(sink.tokens.length, 0);
    const [row] = await app().services.db.knex('outbox').where({ client_id: rp.app.clientId });
    assert.ok(row.dead_at);
    const events = await app()
      .services.db.knex('audit_events')
      .where({ event: 'notice.undelivered', client_id: rp.app.clientId });
    assert.equal(events.length, 1);
  });
});

describeApp('a back-channel logout URI at a private address', {}, (app) => {
  it('receives no logout token unless OUTBOUND_ALLOW permits the address', async (t) => {
    const { sink, rp, login } = await signedInWith(t, app());

    const page = await signOut(rp, login);
    await app().services.outboxWorker.deliverDue();

    assert.ok(page.has('signed-out'));
    assert.equal(sink.tokens.length, 0);
    assert.equal(await waitingFor(app(), rp), 1);
  });
});

it('sign-out does not wait for a client that hangs, and a restart retries it', async (t) => {
  const { sink, ...first } = await hangingApp(t);
  const stop = new AbortController();
  const running = first.app.services.outboxWorker.runForever(stop.signal);

  const started = performance.now();
  const page = await signOut(first.rp, first.login);
  const milliseconds = performance.now() - started;
  await sink.received(1);
  stop.abort();
  await running;

  assert.ok(page.has('signed-out'));
  assert.ok(milliseconds < 1000, `the sign-out took ${milliseconds} ms`);
  sink.mood = 'well';
  await makeDue(first.app);
  const { config } = first.app.services;
  const second = await startTestApp(t, {
    settings: {
      ...loopback,
      ISSUER: first.app.issuer,
      DATABASE_URL: config.databaseUrl,
    },
  });
  await second.services.outboxWorker.deliverDue();
  assert.equal(sink.tokens.length, 2);
  await verify(first.app, first.rp, sink.tokens[1]);
});

async function hangingApp(t: CleanUp) {
  const app = await startTestApp(t, { settings: loopback });
  const signedIn = await signedInWith(t, app);
  const sink: LogoutSink = signedIn.sink;
  sink.mood = 'hanging';
  return { app, ...signedIn, sink };
}

/** Makes all jobs due, as if the delay before the next attempt had passed. */
async function makeDue({ services }: TestApp): Promise<void> {
  await services.db.knex('outbox').update({ due_at: new Date(0) });
}

async function waitingFor({ services }: TestApp, { app }: RelyingParty): Promise<number> {
  const rows = await services.db.knex('outbox').where({ client_id: app.clientId, sent_at: null });
  return rows.length;
}
