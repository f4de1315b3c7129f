// What an exchanged token (RFC 8693) depends on, where other rules meet it: the lifetime limits of
// client profiles.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { createChain, exchange, signIn } from '#test/support/steps/token-exchange.ts';

describeNodes('what an exchanged token depends on', {}, (nodes) => {
  it('lives no longer than the profile of the client permits', async () => {
    const chain = await createChain(nodes(), { profile: 'mcp' });
    const { accessToken } = await signIn(chain);

    const { body, text } = await exchange(chain.service, accessToken);

    const { iat = 0, exp = 0 } = decodeJwt(String(body['access_token']));
    assert.equal(exp - iat, 900, text);
    assert.equal(body['expires_in'], 900);
  });
});
