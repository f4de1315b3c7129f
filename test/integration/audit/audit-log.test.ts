// The audit log, tested through the protocol: each security event is recorded with its actor, user,
// client, session, origin and request.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import {
  about,
  assertOrigin,
  browserOf,
  entriesOf,
  login,
  meet,
  settings,
  tryPassword,
  wordsOf,
} from '#test/support/steps/audit-entries.ts';

describeOnEachArrangement(
  'audit events of sign-in and sign-out',
  (app) => {
    it('record a sign-in with its client, session and origin', async () => {
      const { rp, person } = await meet(app());

      const { claims } = await login(app(), rp, person);

      const [entry] = await entriesOf(app(), 'sign_in.succeeded', { user_id: person.id });
      assert.deepEqual(wordsOf(entry), { actor: ['user', person.id], ...about(person, rp) });
      assert.deepEqual(entry?.details['amr'], ['pwd']);
      assert.equal(await sessionExists(app(), entry?.session_uid), true);
      assert.equal(claims['sub'], person.id);
      assertOrigin(entry);
    });

    it('record a refused sign-in with the login that was entered and the reason', async () => {
      const { rp, person } = await meet(app());
      const unknownEmail = `unknown.${person.email}`;

      await tryPassword(app(), rp, { ...person, password: 'wrong words' });
      await tryPassword(app(), rp, { ...person, email: unknownEmail });
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
          [null, 'wrong', unknownEmail],
          [person.id, 'blocked', person.email],
        ],
      );
      for (const entry of refused) {
        assert.equal(entry.actor_kind, 'anonymous');
        assertOrigin(entry);
      }
    });

    it('record a sign-out with the client that requested it', async () => {
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
  'the audit event of a throttled sign-in',
  { settings: { ...settings, RATE_LIMITS: 'on' } },
  (app) => {
    it('is recorded at most once a minute for repeated attempts', async () => {
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

describeApp('audit events of operators and the system', { settings }, (app) => {
  it('record each created signing key', async () => {
    const made = await entriesOf(app(), 'key.created', {});

    assert.deepEqual(made.map(({ details }) => String(details['alg'])).toSorted(), [
      'ES256',
      'Ed25519',
      'EdDSA',
      'PS256',
      'RS256',
    ]);
    for (const { actor_kind: kind, details } of made) {
      assert.equal(kind, 'system');
      assert.equal(typeof details['kid'], 'string');
    }
  });

  it('record the first administrator and that the setup link was used', async () => {
    const link = await app().services.setup.issueLink();
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

  it('record a created client and a block with its receipt', async () => {
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

  it('form one hash chain that can be verified', async () => {
    const { auditChain, auditVerification } = app().services;

    await auditChain.seal();

    const report = await auditVerification.verify();
    assert.deepEqual([report.faults, report.unsealed], [[], 0]);
    assert.ok(report.entries > 10);
  });
});

async function sessionExists({ services }: TestApp, uid: string | null | undefined) {
  const found: unknown = await services.db.knex('sessions').where({ uid }).first();
  return found !== undefined;
}
