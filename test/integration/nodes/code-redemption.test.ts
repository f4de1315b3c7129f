// Single use of an authorization code across two nodes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { assertOnce } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

describeNodes('authorization code redemption on two nodes (RFC 6749 §4.1.2)', {}, (nodes) => {
  it('succeeds for exactly one of twenty simultaneous requests', async () => {
    const rp = await nodes().relyingParty();
    const callback = await rp.authorize(await nodes().createUser());
    const others = await rp.through(nodes().at(1).send);

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, turn) => (turn % 2 ? others : rp).tryExchange(callback)),
    );

    assertOnce(answers, 400, 'invalid_grant');
  });

  it('revokes the tokens issued for a code when the code is redeemed again', async () => {
    const rp = await nodes().relyingParty();
    const login = await rp.login(await nodes().createUser(), {
      scope: 'openid offline_access',
      prompt: 'consent',
    });
    const others = await rp.through(nodes().at(1).send);
    assert.equal(await rp.isActive(login.accessToken), true);

    const late = await others.tryExchange(login.callback);

    assert.deepEqual([late.status, late.body['error']], [400, 'invalid_grant']);
    assert.equal(await others.isActive(login.accessToken), false);
    const refreshed = await rp.tryRefresh(login.refreshToken);
    assert.equal(refreshed.body['error'], 'invalid_grant');
  });
});
