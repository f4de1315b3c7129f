// Audit events of consent, token revocation by the client and token theft; continues
// audit-log.test.ts.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeOnEachArrangement } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import {
  about,
  assertOrigin,
  entriesOf,
  from,
  login,
  meet,
  owner,
  settings,
  thief,
  wordsOf,
} from '#test/support/steps/audit-entries.ts';

describeOnEachArrangement(
  'audit events of consent and token revocation',
  (app) => {
    it('record granted and refused consent with the scopes', async () => {
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

    it('record each token that a client revokes, once', async () => {
      const { rp, person } = await meet(app());
      const api = await app().createApi({ accessTokenFormat: 'jwt' });
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
  'audit events of token theft',
  (app) => {
    it('record addresses, devices and generations of a reused refresh token', async () => {
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

    it('record a replayed authorization code', async () => {
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
