// Redis loses data: everything, all writes since an older snapshot, or whatever it evicts. Nothing
// that was revoked becomes valid again, and nothing single-use is accepted twice.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';
import type { Login, RelyingParty } from '#test/support/actors/relying-party.ts';
import { describeFault, until, type FaultRig } from '#test/support/faults/fault-suite.ts';
import { startLoad } from '#test/support/faults/load.ts';

describeFault('Redis data loss', {}, (rig) => {
  describe('loss of all data', () => {
    it('restores nothing that was revoked', async (t) => {
      const load = await startLoad(t, rig());
      const [rp, other] = await onBothNodes(rig());
      const api = await rig().createApi({ accessTokenFormat: 'jwt' });
      const person = await rig().createUser();
      const login = await rig().login(rp, person, offline);
      const jwt = await rig().login(rp, person, { resource: api.audience, scope: 'openid read' });
      const ended = await rig().login(rp, person);
      await signOut(ended, rp);
      for (const token of [login.accessToken, jwt.accessToken]) await rp.revoke(token);

      await rig().redis.command('FLUSHALL');

      for (const app of [rp, other]) {
        for (const token of [login.accessToken, jwt.accessToken, ended.accessToken]) {
          assert.equal((await app.introspect(token)).text, inactive);
        }
        assertInvalidGrant(await app.tryRefresh(ended.refreshToken));
        assertInvalidGrant(await app.tryExchange(ended.callback));
      }
      assert.equal(await silentAnswer(ended, rp), 'login_required');
      assert.notEqual((await other.refresh(login.refreshToken)).refreshToken, '');
      await load.settle();
    });

    it('does not allow replay of client assertions', async () => {
      const assertion = await anAssertion(rig());
      assert.equal(await assertion.present(0), 200);
      assert.equal(await assertion.present(1), 401);

      await rig().redis.command('FLUSHALL');

      assert.deepEqual([await assertion.present(0), await assertion.present(1)], [401, 401]);
    });
  });

  describe('restore of an older snapshot', () => {
    it('restores nothing that was revoked', async (t) => {
      const load = await startLoad(t, rig());
      const [rp, other] = await onBothNodes(rig());
      const api = await rig().createApi({ accessTokenFormat: 'jwt' });
      const person = await rig().createUser();
      const revoked = await rig().login(rp, person, offline);
      const jwt = await rig().login(rp, person, { resource: api.audience, scope: 'openid read' });
      const ended = await rig().login(rp, person);
      const blocked = await rig().createUser();
      const held = await rig().login(rp, blocked, offline);
      const code = await rp.authorize(blocked, {}, held.browser);
      const consentPage = await held.browser.open((await rp.request({ prompt: 'consent' })).url);
      assert.ok(consentPage.has('allow'), consentPage.text);
      const { post } = await createApiClient({ ...rig(), send: rig().at(0).send });
      await rig().redis.save();
      for (const token of [revoked.accessToken, jwt.accessToken]) await rp.revoke(token);
      await signOut(ended, rp);
      const block = await post(`users/${blocked.id}/block`, { reason: 'a test' });
      assert.equal(block.status, 200, block.text);

      await goBack(rig());

      const gone = [revoked, jwt, ended, held].map(({ accessToken }) => accessToken);
      for (const app of [rp, other]) {
        for (const token of gone) assert.equal((await app.introspect(token)).text, inactive);
        assertInvalidGrant(await app.tryExchange(code));
        assertInvalidGrant(await app.tryRefresh(held.refreshToken));
      }
      assert.equal((await consentPage.press('allow')).url.searchParams.get('code'), null);
      assert.equal(await silentAnswer(ended, rp), 'login_required');
      assert.equal(await silentAnswer(held, rp), 'login_required');
      await load.settle();
    });

    it('does not allow a second redemption of a code', async () => {
      const [rp, other] = await onBothNodes(rig());
      const code = await rp.authorize(await rig().createUser(), offline);
      await rig().redis.save();
      const tokens = await rp.exchange(code);

      await goBack(rig());

      assertInvalidGrant(await other.tryExchange(code));
      // Reuse of the code revokes the tokens issued for it (RFC 6749 §4.1.2).
      assertInvalidGrant(await rp.tryRefresh(tokens.refreshToken));
      assert.equal((await rp.introspect(tokens.accessToken)).text, inactive);
    });

    it('does not allow replay of client assertions accepted since the snapshot', async () => {
      const early = await anAssertion(rig());
      await rig().redis.save();
      const late = await anAssertion(rig());
      assert.deepEqual([await early.present(0), await late.present(1)], [200, 200]);

      await goBack(rig());

      assert.deepEqual([await early.present(1), await late.present(0)], [401, 401]);
      assert.equal(await (await anAssertion(rig())).present(0), 200);
    });
  });

  describe('eviction', () => {
    it('grants no access, while users stay signed in and clients continue', async (t) => {
      const load = await startLoad(t, rig());
      const [rp, other] = await onBothNodes(rig());
      const login = await rig().login(rp, await rig().createUser(), offline);
      const revoked = await rig().login(rp, await rig().createUser(), offline);
      await rp.revoke(revoked.accessToken);
      const assertion = await anAssertion(rig());
      assert.equal(await assertion.present(0), 200);

      await evictAll(rig());
      t.after(() => rig().redis.command('CONFIG', 'SET', 'maxmemory', '0').then(ignore));
      const next = await other.refresh(login.refreshToken);
      await load.rounds(4);

      assert.deepEqual([await assertion.present(0), await assertion.present(1)], [401, 401]);
      assert.equal((await other.introspect(revoked.accessToken)).text, inactive);
      assert.equal((await login.browser.open('/auth/account')).status, 200);
      assert.notEqual((await rp.refresh(next.refreshToken)).refreshToken, '');
      await rig().redis.command('CONFIG', 'SET', 'maxmemory', '0');
      await load.settle();
    });
  });
});

async function onBothNodes(rig: FaultRig) {
  const rp = await rig.relyingParty();
  return [rp, await rp.through(rig.at(1).send)] as const;
}

async function signOut({ browser }: Login, rp: RelyingParty): Promise<void> {
  await (await browser.open(rp.logoutUrl())).press('sign-out');
}

/** The error of an authorization request with prompt=none. */
async function silentAnswer({ browser }: Login, rp: RelyingParty): Promise<string | null> {
  const page = await browser.open((await rp.request({ prompt: 'none' })).url);
  return page.url.searchParams.get('error');
}

async function goBack({ redis, recovers }: FaultRig): Promise<void> {
  await redis.restore();
  await recovers();
}

/**
 * A token request with a new client assertion, made after the second in which the store was last
 * found empty: assertions issued in that second are refused as well.
 */
async function anAssertion(rig: FaultRig) {
  const rp = await rig.relyingParty({
    auth: 'private_key_jwt',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  });
  const send = async (turn: number, body: URLSearchParams) => {
    const node = rig.at(turn);
    return (await node.send(rp.as.token_endpoint ?? '', { method: 'POST', body })).status;
  };
  const sign = async () => {
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    await rp.app.auth(rp.as, { client_id: rp.app.clientId }, body, new Headers());
    return body;
  };
  await until('client assertions are accepted', async () => {
    await pause(100);
    return (await send(0, await sign())) === 200;
  });
  const body = await sign();
  return { present: (turn: number) => send(turn, body) };
}

/** Fills Redis until all earlier data has been evicted. */
async function evictAll({ redis }: FaultRig): Promise<void> {
  const { length } = await keysOf(redis);
  assert.ok(length > 0);
  await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
  const used = /^used_memory:(\d+)/m.exec(String(await redis.command('INFO', 'memory')))?.[1];
  await redis.command('CONFIG', 'SET', 'maxmemory', String(Number(used) + 500_000));
  const before = new Set(await keysOf(redis));
  let filled = 0;
  await until('evicted', async () => {
    const junk = Array.from({ length: 50 }, (_, at) => [`junk:${filled + at}`, 'x'.repeat(2000)]);
    filled += 50;
    await redis.command('MSET', ...junk.flat());
    return (await keysOf(redis)).every((key) => !before.has(key));
  });
}

async function keysOf({ command }: FaultRig['redis']): Promise<readonly string[]> {
  const keys = await command('KEYS', '*ReplayDetection*');
  return Array.isArray(keys) ? keys.map(String) : [];
}

function ignore(): void {
  // The services may have stopped by then.
}
