// Backchannel requests as FAPI-CIBA uses them: signed with the key of the client, which authenticates
// with private_key_jwt, and answered with tokens that are bound to a key (RFC 9449).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { describeApp } from '#test/support/app.ts';
import { backchannelClient, createAsking } from '#test/support/steps/backchannel.ts';
import { createProvingSend } from '#test/support/steps/dpop.ts';

describeApp('signed backchannel requests (CIBA Core 1.0 §7.1.1)', {}, (app) => {
  async function aSigningClient() {
    const keys = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(keys.publicKey)), alg: 'ES256', use: 'sig', kid: 'one' };
    const registered = await app().createClient({
      ...backchannelClient,
      auth: 'private_key_jwt',
      jwks: { keys: [jwk] },
      dpop_bound_access_tokens: true,
      backchannel_authentication_request_signing_alg: 'ES256',
    });
    const auth = oauth.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' });
    const send = await createProvingSend(app().send);
    const { issuer } = app();
    const client = await createAsking({ issuer, send }, { ...registered, auth });
    const sign = (claims: Readonly<Record<string, unknown>>) =>
      new SignJWT({ scope: 'openid', jti: randomUUID(), ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(client.clientId)
        .setAudience(issuer)
        .setIssuedAt()
        .setNotBefore('0s')
        .setExpirationTime('60s')
        .sign(keys.privateKey);
    return { client, sign };
  }

  it('are required, and lead to bound tokens', async () => {
    const { client, sign } = await aSigningClient();
    const { email } = await app().createUser({ emailVerified: true });
    const unsigned = await client.tryToAsk({ login_hint: email });
    const request = await sign({ login_hint: email, binding_message: 'Order 4711' });

    const { auth_req_id: id } = await client.ask({ request });
    const { run } = createCommandRunner(app().services);
    await run(['ciba', 'approve', id]);
    const unproven = await client.poll(id, app().send);
    const proven = await client.poll(id);

    assert.equal(unsigned.body['error'], 'invalid_request');
    assert.equal(unproven.status, 400);
    assert.deepEqual([proven.status, proven.body['token_type']], [200, 'DPoP']);
  });

  it('are refused with the key of another client', async () => {
    const [{ client }, { sign }] = [await aSigningClient(), await aSigningClient()];
    const { email } = await app().createUser({ emailVerified: true });

    const { body } = await client.tryToAsk({ request: await sign({ login_hint: email }) });

    assert.equal(body['error'], 'invalid_request');
  });
});
