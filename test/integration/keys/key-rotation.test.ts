// Rotation of the signing keys on two nodes of one database, each in the process of this test, with a
// clock that the test advances.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import { retiringMilliseconds, signingAlgorithms } from '#core/keys/signing-keys.ts';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { startTestApp, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';

const operator = { kind: 'operator' } as const;
const lead = 3600;
const retiring = retiringMilliseconds / 1000;

async function aPair(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  const first = await startTestApp(t, { settings });
  const { databaseUrl = '' } = first.services.config;
  const shared = { DATABASE_URL: databaseUrl, ISSUER: first.issuer };
  const second = await startTestApp(t, { settings: { ...settings, ...shared } });
  const nodes = [first, second];
  return {
    first,
    second,
    /** What the background jobs of both nodes do, at the same time. */
    async run(): Promise<number> {
      const counts = await Promise.all(nodes.map((node) => node.services.keyRotation.runDue()));
      await Promise.all(nodes.map((node) => node.services.signingKeySet.refresh()));
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

async function jwksOf(app: TestApp) {
  const answer = await app.send(`${app.issuer}/oauth2/jwks`);
  const { keys } = (await answer.json()) as JSONWebKeySet; // RFC 7517
  return { kids: keys.map(({ kid }) => kid), keys, answer };
}

/** A client, an API with JWT access tokens that introspects them, and a user. */
async function aParty(app: TestApp) {
  const api = await app.createApi({ accessTokenFormat: 'jwt' });
  const server = await app.relyingParty({
    auth: 'client_secret_basic',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    resources: [api.audience],
  });
  const rp = await app.relyingParty();
  const person = await app.createUser();
  const login = () => rp.login(person, { resource: api.audience, scope: 'openid read' });
  return { server, rp, login };
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

it('a planned rotation publishes, signs and retires, while every valid token verifies on both nodes', async (t) => {
  const { first, second, run } = await aPair(t);
  const { server, rp, login } = await aParty(first);
  const elsewhere = await server.through(second.send);
  const clock = holdClock(t);
  const before = await login();
  const old = await jwksOf(first);

  clock.advance(90 * 86_400 - lead);
  assert.equal(await run(), 5);
  const published = await jwksOf(second);
  assert.equal(published.kids.length, 10);
  assert.deepEqual(published.kids.slice(0, 5), old.kids, 'the active keys stay first');
  assert.ok(
    published.keys.every((key) => !('d' in key)),
    'no private key is published',
  );
  clock.advance(lead - 1);
  assert.equal(await run(), 0);
  const last = await login();
  assert.equal(kidOf(last.accessToken), kidOf(before.accessToken));

  clock.advance(1);
  assert.equal(await run(), 5);
  const fresh = await login();
  for (const token of [fresh.accessToken, fresh.idToken]) {
    assert.ok(published.kids.slice(5).includes(kidOf(token)), 'a new key signs');
  }
  for (const { accessToken } of [last, fresh]) {
    assert.deepEqual(
      [await server.isActive(accessToken), await elsewhere.isActive(accessToken)],
      [true, true],
    );
  }

  clock.advance(retiring);
  assert.equal(await run(), 5);
  assert.deepEqual(
    new Set((await jwksOf(first)).kids),
    new Set(published.kids.filter((kid) => !old.kids.includes(kid))),
  );
  // An ID token remains a hint about who signs out, although its key is retired and it has expired.
  const page = await before.browser.open(rp.logoutUrl({ id_token_hint: before.idToken }));
  assert.equal(page.status, 200);
});

it('a step happens once, however many nodes take it at the same time', async (t) => {
  const { first, second } = await aPair(t);
  const clock = holdClock(t);
  clock.advance(90 * 86_400);
  const rotations = [first, second].map(({ services }) => services.keyRotation);
  const all = () => Promise.all([...rotations, ...rotations].map((each) => each.runDue()));

  for (const [name, wait] of [
    ['key.created', lead],
    ['key.activated', retiring],
    ['key.retired', 0],
  ] as const) {
    const counts = await all();

    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      5,
      name,
    );
    clock.advance(wait);
  }
  const events = await first.services.db
    .knex('audit_events')
    .where('event', 'like', 'key.%')
    .whereRaw(`details ->> 'alg' is null`)
    .groupBy('event')
    .orderBy('event')
    .select('event')
    .count('* as count');
  assert.deepEqual(
    events.map(({ event, count }) => [event, Number(count)]),
    [
      ['key.activated', 5],
      ['key.created', 5],
      ['key.retired', 5],
    ],
  );
});

it('an emergency rotation refuses at once, on both nodes, what the earlier keys signed', async (t) => {
  const { first, second } = await aPair(t);
  const { server, rp, login } = await aParty(first);
  const elsewhere = await server.through(second.send);
  const { browser, accessToken, idToken, refreshToken } = await login();
  const old = await jwksOf(first);

  const keys = await first.services.keyRotation.replaceAll(operator);
  await second.services.signingKeySet.refresh();

  assert.deepEqual(
    [await server.isActive(accessToken), await elsewhere.isActive(accessToken)],
    [false, false],
  );
  const { kids } = await jwksOf(first);
  assert.equal(kids.length, 5);
  assert.ok(old.kids.every((kid) => !kids.includes(kid)));
  assert.deepEqual((await jwksOf(second)).kids, kids);
  assert.ok(keys.filter(({ isRevoked }) => isRevoked).length === 5);
  const page = await browser.open(rp.logoutUrl({ id_token_hint: idToken }));
  assert.equal(page.status, 400, 'the ID token is no hint any more');
  // Grants and sessions are not signed by these keys.
  const refreshed = await rp.tryRefresh(refreshToken);
  assert.equal(await elsewhere.isActive(String(refreshed.body['access_token'])), true);
  const verdict = await first.services.auditVerification.verify();
  assert.equal(verdict.faultCount, 0, 'the audit log that the old key signed still verifies');
});

it('a node that does not know the new keys yet loads them for a token that names one', async (t) => {
  const { first, second } = await aPair(t);
  const { server, login } = await aParty(first);
  const elsewhere = await server.through(second.send);
  await first.services.keyRotation.replaceAll(operator);

  const { accessToken } = await login();

  assert.equal(await elsewhere.isActive(accessToken), true);
});

it('two emergency rotations at the same time replace the keys once', async (t) => {
  const { first, second } = await aPair(t);

  const outcomes = await Promise.allSettled(
    [first, second].map(({ services }) => services.keyRotation.replaceAll(operator)),
  );

  const refused = outcomes.filter(({ status }) => status === 'rejected');
  assert.ok(refused.length <= 1);
  const keys = await first.services.signingKeys.list();
  for (const alg of signingAlgorithms) {
    const active = keys.filter((key) => key.alg === alg && key.status === 'active');
    assert.equal(active.length, 1);
  }
});

it('the API lists, rotates and retires keys, with the scope for it', async (t) => {
  const { first: app } = await aPair(t);
  const api = await createApiClient(app, ['keys:read', 'keys:write']);
  const reader = await createApiClient(app, ['keys:read']);
  const [active] = itemsOf(await api.get('keys'));

  const refused = await reader.post('keys/rotate', {});
  const rotated = await api.post('keys/rotate', {});
  const again = await api.post('keys/rotate', {});
  const next = itemsOf(rotated).find(({ status }) => status === 'next');
  const retired = await api.post(`keys/${String(next?.['kid'])}/retire`);
  const twice = await api.post(`keys/${String(next?.['kid'])}/retire`);
  const signing = await api.post(`keys/${String(active?.['kid'])}/retire`);
  const unknown = await api.post('keys/unknown-key/retire');
  const emergency = await api.post('keys/rotate', { emergency: true });

  assert.equal(refused.status, 403);
  assert.equal(itemsOf(rotated).length, 10);
  assert.deepEqual(itemsOf(again), itemsOf(rotated), 'a second request changes nothing');
  assert.ok(next?.['activates_at']);
  assert.deepEqual(
    [retired.status, retired.body['status'], retired.body['revoked']],
    [200, 'retired', true],
  );
  assert.deepEqual([twice.status, signing.status, unknown.status], [409, 409, 404]);
  assert.match(String(signing.body['detail']), /only key that signs/);
  const states = itemsOf(emergency).map(({ status }) => status);
  assert.equal(states.filter((status) => status === 'active').length, 5);
  assert.equal(states.filter((status) => status === 'retired').length, 10);
});

it('an emergency rotation waits for a second administrator where that is required', async (t) => {
  const { first: app } = await aPair(t, { APPROVAL_REQUIRED: 'keys.rotate' });
  const api = await createApiClient(app, ['keys:read', 'keys:write']);
  const before = await jwksOf(app);

  const asked = await api.post('keys/rotate', { emergency: true });
  const planned = await api.post('keys/rotate', {});
  const next = itemsOf(planned).find(({ status }) => status === 'next');
  const retired = await api.post(`keys/${String(next?.['kid'])}/retire`);

  assert.deepEqual([asked.status, planned.status, retired.status], [202, 200, 403]);
  const { id } = Object(asked.body['approval']);
  assert.deepEqual((await jwksOf(app)).kids.slice(0, 5), before.kids);
  const { state } = await app.services.approvals.approve(String(id), operator);
  assert.equal(state, 'executed');
  assert.ok((await jwksOf(app)).kids.every((kid) => !before.kids.includes(kid)));
});
