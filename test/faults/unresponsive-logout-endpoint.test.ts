// A client never responds to a back-channel logout request. The user does not wait for it, other
// clients are notified in time, and another node sends what a killed node had started to send.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { startLogoutSink } from '#test/support/steps/logout-endpoint.ts';
import { describeFault, timed } from '#test/support/faults/fault-suite.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8' };
const promisedMilliseconds = 1000;

describeFault('back-channel logout to an unresponsive client', { settings }, (rig) => {
  it('delays neither the user nor other clients, and is retried by another node', async (t) => {
    const [hanging, well] = [await startLogoutSink(t), await startLogoutSink(t)];
    hanging.mood = 'hanging';
    const [stuck, other] = await Promise.all(
      [hanging, well].map(({ uri }) => rig().relyingParty({ backchannel_logout_uri: uri })),
    );
    assert.ok(stuck && other);
    const person = await rig().createUser();
    const login = await rig().login(stuck, person);
    await rig().login(other, person, {}, login.browser);
    const page = await login.browser.open(stuck.logoutUrl());

    const { milliseconds } = await timed(() => page.press('sign-out'));
    await Promise.all([hanging.received(1), well.received(1)]);
    await rig().at(0).kill();
    hanging.mood = 'well';
    await rig().sql('update outbox set claimed_until = null, due_at = now() where sent_at is null');
    await hanging.received(2);

    t.diagnostic(`signed out in ${milliseconds.toFixed()} ms`);
    assert.ok(milliseconds < promisedMilliseconds);
    await rig().at(0).start();
  });

  it('does not delay a block', async (t) => {
    const sink = await startLogoutSink(t);
    sink.mood = 'hanging';
    const rp = await rig().relyingParty({ backchannel_logout_uri: sink.uri });
    const person = await rig().createUser();
    await rig().login(rp, person);
    const api = await createApiClient({ ...rig(), send: rig().at(0).send });

    const { result, milliseconds } = await timed(() =>
      api.post(`users/${person.id}/block`, { reason: 'a test' }),
    );

    assert.equal(result.status, 200, result.text);
    assert.ok(milliseconds < promisedMilliseconds);
    await sink.received(1);
  });
});
