// Users to whom a client may not send requests (OpenID CIBA Core 1.0), and how often it may send requests to
// others.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import {
  backchannelClient,
  backchannelGrant,
  createAsking,
} from '#test/support/steps/backchannel.ts';

describeApp('a backchannel request', {}, (app) => {
  const aPerson = () => app().createUser({ emailVerified: true });

  it('cannot name a user by a pairwise subject', async () => {
    const grants = ['authorization_code', backchannelGrant];
    const pairwise = { auth: 'client_secret_basic', subject_type: 'pairwise' } as const;
    const rp = await app().relyingParty(pairwise);
    const { idToken } = await rp.login(await aPerson());
    const change = { subject_type: 'public', grant_types: grants };
    const members = { ...change, backchannel_token_delivery_mode: 'poll' };
    const { done } = createCommandRunner(app().services);
    await done(['client', 'update', rp.app.clientId, '--metadata', '-'], JSON.stringify(members));
    const client = await createAsking(app(), rp.app);

    const { status, body } = await client.tryToAsk({ id_token_hint: idToken });

    assert.deepEqual([status, body['error']], [400, 'unknown_user_id']);
  });

  it('reaches only users who may use the client', async () => {
    const registered = await app().createClient(backchannelClient);
    const [insider, outsider] = [await aPerson(), await aPerson()];
    const { done } = createCommandRunner(app().services);
    const role = `${registered.clientId}:member`;
    await done(['role', 'create', 'member', '--client', registered.clientId]);
    await done(['user', 'add-role', insider.id, '--role', role]);
    await done(['client', 'access', registered.clientId, '--allow-role', role]);
    const client = await createAsking(app(), registered);

    const known = await client.tryToAsk({ login_hint: insider.email });
    const unknown = await client.tryToAsk({ login_hint: outsider.email });

    assert.equal(known.status, 200, JSON.stringify(known.body));
    assert.deepEqual([unknown.status, unknown.body['error']], [400, 'unknown_user_id']);
  });

  it('counts for ten minutes, however soon it expires', async (t) => {
    const clock = holdClock(t);
    const client = await createAsking(app(), await app().createClient(backchannelClient));
    const { email } = await aPerson();
    const ask = async () => {
      clock.advance(2);
      return client.tryToAsk({ login_hint: email, requested_expiry: '1' });
    };
    for (let asked = 0; asked < 20; asked += 1) assert.equal((await ask()).status, 200);

    const refused = await ask();
    clock.advance(600);
    const later = await ask();

    assert.deepEqual([refused.status, refused.body['error']], [400, 'access_denied']);
    assert.equal(later.status, 200, JSON.stringify(later.body));
  });
});
