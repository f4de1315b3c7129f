// X6, X7, X8: Redis dies, hangs, or forgets everything. People stay signed in, apps keep refreshing,
// and nothing that was ended comes back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createApiClient, type ApiClient } from '#test/roles/api-client.ts';
import { assertInvalidGrant, inactive, offline } from '#test/roles/outcomes.ts';
import type { RelyingParty } from '#test/roles/relying-party.ts';
import { describeFault, timed, until, type FaultRig } from '#test/rig/faults.ts';
import { startLoad } from '#test/rig/load.ts';

/** What waits on Redis waits this long, and no longer (DESIGN: 200 ms), beside the work itself. */
const patienceMs = 200;

describeFault('Redis fails', {}, (rig) => {
  describe('X6: Redis is dead', () => {
    it('lets people and apps go on, and comes back by itself', async (t) => {
      const load = await startLoad(t, rig());
      const [rp, other] = await onBothNodes(rig());
      const person = await rig().aPerson();
      const login = await rig().login(rp, person, offline);
      await rig().redis.kill();

      const next = await rp.refresh(login.refreshToken);
      const claims = await other.userinfo({ ...next, claims: login.claims });
      const status = (await login.browser.open('/auth/account')).status;
      await load.rounds(4);

      assert.equal(claims['sub'], person.id);
      assert.equal(await other.isActive(next.accessToken), true);
      assert.equal(status, 200);
      assert.equal(await rig().statusOf(rig().at(0), '/health/ready'), 200);
      await rig().redis.start();
      await load.settle();
    });

    it('blocks all the same, and at once', async () => {
      const [rp, other] = await onBothNodes(rig());
      const person = await rig().aPerson();
      const login = await rig().login(rp, person, offline);
      await rig().redis.kill();
      const next = await rp.refresh(login.refreshToken);
      assert.equal(await other.isActive(next.accessToken), true);
      const api = await apiOf(rig());

      const answer = await api.post(`users/${person.id}/block`, { reason: 'a test' });

      assert.equal(answer.status, 200, answer.text);
      await until('inactive', async () => !(await other.isActive(next.accessToken)), 1.5);
      assert.equal((await other.tryUserinfo(next.accessToken)).status, 401);
      assertInvalidGrant(await other.tryRefresh(next.refreshToken));
      await rig().redis.start();
      await rig().recovers();
      assert.equal((await rp.introspect(next.accessToken)).text, inactive);
    });
  });

  describe('X7: Redis hangs', () => {
    it('makes nobody wait', async (t) => {
      const load = await startLoad(t, rig());
      const [rp] = await onBothNodes(rig());
      const login = await rig().login(rp, await rig().aPerson(), offline);
      rig().redis.freeze();

      const waits: number[] = [];
      let { refreshToken } = login;
      for (let count = 0; count < 20; count += 1) {
        const { result, milliseconds } = await timed(() => rp.refresh(refreshToken));
        refreshToken = result.refreshToken;
        waits.push(milliseconds);
      }
      rig().redis.thaw();

      const [first = 0, ...others] = waits;
      t.diagnostic(`first ${first.toFixed()} ms, then at most ${Math.max(...others).toFixed()} ms`);
      assert.ok(median(others) < patienceMs, waits.map((wait) => wait.toFixed()).join(' '));
      assert.ok(first < 5 * patienceMs, `the first waited ${first} ms`);
      await load.settle();
    });
  });

  describe('X8: Redis has forgotten everything', () => {
    it('brings nothing back that was ended', async (t) => {
      const load = await startLoad(t, rig());
      const [rp, other] = await onBothNodes(rig());
      const api = await rig().anApi({ accessTokenFormat: 'jwt' });
      const person = await rig().aPerson();
      const login = await rig().login(rp, person, offline);
      const jwt = await rig().login(rp, person, { resource: api.audience, scope: 'openid read' });
      const ended = await rig().login(rp, person);
      await (await ended.browser.open(rp.logoutUrl())).press('sign-out');
      for (const token of [login.accessToken, jwt.accessToken]) await rp.revoke(token);

      await rig().redis.command('FLUSHALL');

      for (const app of [rp, other]) {
        for (const token of [login.accessToken, jwt.accessToken, ended.accessToken]) {
          assert.equal((await app.introspect(token)).text, inactive);
        }
        assertInvalidGrant(await app.tryRefresh(ended.refreshToken));
        assertInvalidGrant(await app.tryExchange(ended.callback));
      }
      const page = await ended.browser.open((await rp.request({ prompt: 'none' })).url);
      assert.equal(page.url.searchParams.get('error'), 'login_required');
      assert.notEqual((await other.refresh(login.refreshToken)).refreshToken, '');
      await load.settle();
    });

    it('refuses assertions that were used before', async () => {
      const rp = await rig().relyingParty({
        auth: 'private_key_jwt',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      });
      let body = await signedRequest(rp);
      const present = async (turn: number) => {
        const { send } = rig().at(turn);
        return (await send(rp.as.token_endpoint ?? '', { method: 'POST', body })).status;
      };
      // Redis was emptied a moment ago: what is made within that second is refused as well.
      for (let tries = 0; tries < 20 && (await present(0)) !== 200; tries += 1) {
        await pause(150);
        body = await signedRequest(rp);
      }
      assert.equal(await present(1), 401);

      await rig().redis.command('FLUSHALL');

      assert.deepEqual([await present(0), await present(1)], [401, 401]);
    });

    it('and goes on while Redis refuses to take anything more', async (t) => {
      const load = await startLoad(t, rig());
      const rp = await rig().relyingParty();
      const login = await rig().login(rp, await rig().aPerson(), offline);

      await rig().redis.command('CONFIG', 'SET', 'maxmemory', '1');
      const next = await rp.refresh(login.refreshToken);
      await load.rounds(3);
      await rig().redis.command('CONFIG', 'SET', 'maxmemory', '0');

      assert.equal((await rp.tryUserinfo(next.accessToken)).status, 200);
      await load.settle();
    });
  });
});

async function onBothNodes(rig: FaultRig) {
  const rp = await rig.relyingParty();
  return [rp, await rp.through(rig.at(1).send)] as const;
}

/** A token that was made while the fault lasts. */
function apiOf(rig: FaultRig): Promise<ApiClient> {
  const { issuer, relyingParty } = rig;
  return createApiClient({ issuer, relyingParty, send: rig.at(0).send });
}

/** The body of a token request, with an assertion that is good once. */
async function signedRequest({ as, app }: RelyingParty): Promise<URLSearchParams> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  await app.auth(as, { client_id: app.clientId }, body, new Headers());
  return body;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
