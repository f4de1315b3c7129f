// What is written down for good, seen through the protocol: each security event, with who did it,
// whom it is about, for which app, in which session, from where and in which request.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AuditEvent } from '#domain/audit.ts';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/app.ts';
import { createBrowser } from '#test/cookie-browser.ts';
import { offline } from '#test/outcomes.ts';
import type { Person, RelyingParty } from '#test/relying-party.ts';
import type { Send } from '#test/wire.ts';

interface Entry {
  readonly event: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly user_id: string | null;
  readonly client_id: string | null;
  readonly session_uid: string | null;
  readonly request_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly personal: Readonly<Record<string, unknown>> | null;
}

const settings = { TRUSTED_PROXIES: '127.0.0.1' };
const owner = { address: '192.0.2.7', device: 'Mozilla/5.0 (Windows NT 10.0) Firefox/150.0' };
const thief = { address: '203.0.113.9', device: 'curl/8.9' };

describeOnEachArrangement(
  'a sign-in is written down',
  (app) => {
    it('with the app it was for, the session it began, and where it came from', async () => {
      const { rp, person } = await meet(app());

      const { claims } = await login(app(), rp, person);

      const [entry] = await entriesOf(app(), 'sign_in.succeeded', { user_id: person.id });
      assert.deepEqual(wordsOf(entry), { actor: ['user', person.id], ...about(person, rp) });
      assert.deepEqual(entry?.details['amr'], ['pwd']);
      assert.equal(await sessionExists(app(), entry?.session_uid), true);
      assert.equal(claims['sub'], person.id);
      assertOrigin(entry);
    });

    it('when it is refused, with what was typed, whoever that is', async () => {
      const { rp, person } = await meet(app());
      const nobody = `nobody.${person.email}`;

      await tryPassword(app(), rp, { ...person, password: 'wrong words' });
      await tryPassword(app(), rp, { ...person, email: nobody });
      await app().block(person.id);
      await tryPassword(app(), rp, person);

      const refused = await entriesOf(app(), 'sign_in.refused', { client_id: rp.app.clientId });
      assert.deepEqual(
        refused.map(({ user_id: id, details, personal }) => [
          id,
          details['reason'],
          personal?.['login'],
        ]),
        [
          [person.id, 'wrong', person.email],
          [null, 'wrong', nobody],
          [person.id, 'blocked', person.email],
        ],
      );
      for (const entry of refused) {
        assert.equal(entry.actor_kind, 'anonymous');
        assertOrigin(entry);
      }
    });

    it('and so is signing out, with the app that asked for it', async () => {
      const { rp, person } = await meet(app());
      const { browser, idToken } = await login(app(), rp, person);
      const [signedIn] = await entriesOf(app(), 'sign_in.succeeded', { user_id: person.id });

      await browser.open(rp.logoutUrl({ id_token_hint: idToken }));

      const [entry] = await entriesOf(app(), 'session.ended', { user_id: person.id });
      assert.deepEqual(wordsOf(entry), { actor: ['user', person.id], ...about(person, rp) });
      assert.equal(entry?.session_uid, signedIn?.session_uid);
      assertOrigin(entry);
    });
  },
  settings,
);

describeApp(
  'an attempt too many is written down',
  { settings: { ...settings, RATE_LIMITS: 'on' } },
  (app) => {
    it('once a minute, not as often as somebody hammers', async () => {
      const { rp, person } = await meet(app());

      for (let turn = 0; turn < 8; turn += 1) {
        await tryPassword(app(), rp, { ...person, password: 'wrong words' });
      }

      const throttled = await entriesOf(app(), 'sign_in.throttled', { user_id: person.id });
      assert.deepEqual(
        throttled.map(({ details }) => details['counters']),
        [['pair']],
      );
      assert.equal(throttled[0]?.client_id, rp.app.clientId);
      assert.equal(throttled[0]?.personal?.['login'], person.email);
      assertOrigin(throttled[0]);
    });
  },
);

describeOnEachArrangement(
  'what people and apps decide is written down',
  (app) => {
    it('a yes, and a no', async () => {
      const { rp, person } = await meet(app());
      const { browser } = await login(app(), rp, person, { scope: 'openid' });
      const { url } = await rp.request({ scope: 'openid email' });

      await (await browser.open(url)).press('deny');

      const [given] = await entriesOf(app(), 'consent.given', { user_id: person.id });
      const [refused] = await entriesOf(app(), 'consent.refused', { user_id: person.id });
      const [signedIn] = await entriesOf(app(), 'sign_in.succeeded', { user_id: person.id });
      for (const entry of [given, refused]) {
        assert.deepEqual(wordsOf(entry), { actor: ['user', person.id], ...about(person, rp) });
        assertOrigin(entry);
      }
      assert.deepEqual(
        [given?.details['scopes'], refused?.details['scopes']],
        [['openid'], ['openid', 'email']],
      );
      assert.equal(refused?.session_uid, signedIn?.session_uid);
    });

    it('a token that an app gives back, of each kind, once', async () => {
      const { rp, person } = await meet(app());
      const api = await app().anApi({ accessTokenFormat: 'jwt' });
      const opaque = await login(app(), rp, person, offline);
      const jwt = await login(app(), rp, person, {
        ...offline,
        resource: api.audience,
        scope: 'openid read offline_access',
      });

      for (const token of [opaque.accessToken, jwt.accessToken, jwt.refreshToken]) {
        await rp.revoke(token);
        await rp.revoke(token);
      }

      const entries = await entriesOf(app(), 'token.revoked', { user_id: person.id });
      assert.deepEqual(
        entries.map(({ details }) => details['kind']),
        ['access_token', 'access_token', 'refresh_token'],
      );
      for (const entry of entries) {
        const actor = ['client', rp.app.clientId];
        assert.deepEqual(wordsOf(entry), { actor, ...about(person, rp) });
        assert.equal(typeof entry.details['grantId'], 'string');
        assertOrigin(entry);
      }
      assert.doesNotMatch(JSON.stringify(entries), /ost_|eyJ/);
    });
  },
  settings,
);

describeOnEachArrangement(
  'theft is written down',
  (app) => {
    it('a refresh token used again: both addresses, both devices, and where it forked', async () => {
      const { rp, person } = await meet(app());
      const first = await login(app(), rp, person, offline);
      const next = await rp.refresh(first.refreshToken);
      await rp.refresh(next.refreshToken);

      await (await rp.through(from(app(), thief))).tryRefresh(first.refreshToken);

      const [entry] = await entriesOf(app(), 'refresh_token.reused', { user_id: person.id });
      const [signedIn] = await entriesOf(app(), 'sign_in.succeeded', { user_id: person.id });
      assert.deepEqual(wordsOf(entry), { actor: ['anonymous', null], ...about(person, rp) });
      assert.equal(entry?.session_uid, signedIn?.session_uid);
      const { generation, reusedGeneration } = entry?.details ?? {};
      assert.deepEqual([generation, reusedGeneration], [2, 0]);
      const { address, device, lastRotationAddress, lastRotationDevice } = entry?.personal ?? {};
      assert.deepEqual([address, device], [thief.address, thief.device]);
      assert.deepEqual([lastRotationAddress, lastRotationDevice], [owner.address, owner.device]);
      assert.match(entry?.request_id ?? '', /./);
    });

    it('a code used again', async () => {
      const { rp, person } = await meet(app());
      const { callback } = await login(app(), rp, person);

      await (await rp.through(from(app(), thief))).tryExchange(callback);

      const [entry] = await entriesOf(app(), 'authorization_code.replayed', { user_id: person.id });
      assert.deepEqual(wordsOf(entry), { actor: ['anonymous', null], ...about(person, rp) });
      assert.equal(entry?.personal?.['address'], thief.address);
    });
  },
  settings,
);

describeApp('what operators and the product do is written down', { settings }, (app) => {
  it('the keys that sign', async () => {
    const made = await entriesOf(app(), 'key.created', {});

    assert.deepEqual(made.map(({ details }) => details['alg']).toSorted(), [
      'ES256',
      'EdDSA',
      'RS256',
    ]);
    for (const { actor_kind: kind, details } of made) {
      assert.equal(kind, 'system');
      assert.equal(typeof details['kid'], 'string');
    }
  });

  it('the first administrator and how they became one', async () => {
    const link = await app().installation.services.setup.issueLink();
    const values = {
      name: 'Ada',
      email: 'ada@example.com',
      password: 'words in an odd order here',
    };

    await (await browserOf(app()).open(link ?? '')).press('register', values);

    const [granted] = await entriesOf(app(), 'role.granted', {});
    const [registered] = await entriesOf(app(), 'user.registered', { user_id: granted?.user_id });
    assert.deepEqual(granted?.details, { role: 'admin', by: 'setup link' });
    assert.equal(registered?.actor_id, granted?.user_id);
    for (const entry of [granted, registered]) assertOrigin(entry);
  });

  it('an app, a person, and a block with its receipt', async () => {
    const { rp, person } = await meet(app());
    await login(app(), rp, person, offline);

    await app().block(person.id);

    const [made] = await entriesOf(app(), 'client.created', { client_id: rp.app.clientId });
    const [blocked] = await entriesOf(app(), 'user.blocked', { user_id: person.id });
    assert.deepEqual([made?.actor_kind, blocked?.actor_kind], ['operator', 'operator']);
    const parts = blocked?.details['parts'];
    assert.ok(Array.isArray(parts));
    const counts = Object.fromEntries(parts.map((part) => [part.kind, part.count]));
    assert.deepEqual([counts.sessions, counts.grants, counts.refresh_families], [1, 1, 1]);
  });

  it('all of it in one chain that is whole', async () => {
    const { auditChain, auditVerification } = app().installation.services;

    await auditChain.seal();

    const report = await auditVerification.verify();
    assert.deepEqual([report.faults, report.unsealed], [[], 0]);
    assert.ok(report.entries > 10);
  });
});

interface Origin {
  readonly address: string;
  readonly device: string;
}

/** The app, reached from there with that device. */
function from({ send }: TestApp, { address, device }: Origin): Send {
  return (url, request = {}) => {
    const headers = { ...request.headers, 'x-forwarded-for': address, 'user-agent': device };
    return send(url, { ...request, headers });
  };
}

const browserOf = (app: TestApp) => createBrowser(from(app, owner), app.issuer);

async function meet(app: TestApp) {
  const rp = await (await app.relyingParty()).through(from(app, owner));
  return { rp, person: await app.aPerson() };
}

function login(
  app: TestApp,
  rp: RelyingParty,
  person: Person,
  parameters: Readonly<Record<string, string>> = {},
) {
  return rp.login(person, parameters, browserOf(app));
}

async function tryPassword(app: TestApp, rp: RelyingParty, { email, password }: Person) {
  const page = await browserOf(app).open((await rp.request()).url);
  return page.press('sign-in', { login: email, password });
}

/** In the order of their times. */
async function entriesOf(
  { installation }: TestApp,
  event: AuditEvent,
  where: Readonly<Record<string, unknown>>,
): Promise<Entry[]> {
  return installation.db
    .knex('audit_events')
    .where({ event, ...where })
    .orderBy(['at', 'id']);
}

function wordsOf(entry: Entry | undefined) {
  return {
    actor: [entry?.actor_kind, entry?.actor_id],
    user: entry?.user_id,
    client: entry?.client_id,
  };
}

function about(person: Person, rp: RelyingParty) {
  return { user: person.id, client: rp.app.clientId };
}

function assertOrigin(entry: Entry | undefined): void {
  const { address, device } = entry?.personal ?? {};
  assert.deepEqual({ address, device }, owner);
  assert.match(entry?.request_id ?? '', /^[\w-]{8,}$/);
}

async function sessionExists({ installation }: TestApp, uid: string | null | undefined) {
  const found: unknown = await installation.db.knex('sessions').where({ uid }).first();
  return found !== undefined;
}
