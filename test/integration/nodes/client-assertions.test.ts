// Single use of a client assertion across two nodes (RFC 7523 §3).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { assertOnce, assertRefused, atOnce } from '#test/support/data/outcomes.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

describeNodes('client assertion on two nodes (RFC 7523 §3)', {}, (nodes) => {
  it('accepts an assertion once when twenty requests present it at the same time', async () => {
    const { rps, assertion } = await anAssertingApp(nodes());
    const parameters = await assertion();

    const answers = await atOnce((turn) => rps(turn).token(parameters));

    assertOnce(answers, 401, 'invalid_client');
  });

  it('rejects an assertion that another node has already accepted', async () => {
    const { rps, assertion } = await anAssertingApp(nodes());
    const parameters = await assertion();
    assert.equal((await rps(0).token(parameters)).status, 200);

    assertRefused(await rps(1).token(parameters), 401, 'invalid_client');
  });
});

async function anAssertingApp(nodes: Nodes) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const first = await nodes.relyingParty({
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    jwks: { keys: [{ ...(await exportJWK(publicKey)), use: 'sig' }] },
  });
  const second = await first.through(nodes.at(1).send);
  const { clientId } = first.app;
  return {
    rps: (turn: number) => (turn % 2 === 0 ? first : second),
    async assertion() {
      const jwt = new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(nodes.issuer)
        .setIssuedAt()
        .setExpirationTime('1 minute');
      return {
        grant_type: 'client_credentials',
        client_id: undefined,
        client_assertion: await jwt.sign(privateKey),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      };
    },
  };
}
