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
    const sign = (
      claims: Readonly<Record<string, unknown>>,
      omitted: readonly string[] = [],
    ): Promise<string> => {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: client.clientId, aud: issuer, iat: now, nbf: now, exp: now + 60 };
      const all = { ...usual, scope: 'openid', jti: randomUUID(), ...claims };
      const kept = Object.entries(all).filter(([name]) => !omitted.includes(name));
      return new SignJWT(Object.fromEntries(kept))
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .sign(keys.privateKey);
    };
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

  for (const claim of ['aud', 'iss', 'exp', 'iat', 'nbf', 'jti']) {
    it(`are refused without ${claim}`, async () => {
      const { client, sign } = await aSigningClient();
      const { email } = await app().createUser({ emailVerified: true });

      const { status, body } = await client.tryToAsk({
        request: await sign({ login_hint: email }, [claim]),
      });

      assert.deepEqual([status, body['error']], [400, 'invalid_request']);
    });
  }

  it('are refused with the key of another client', async () => {
    const [{ client }, { sign }] = [await aSigningClient(), await aSigningClient()];
    const { email } = await app().createUser({ emailVerified: true });

    const { body } = await client.tryToAsk({ request: await sign({ login_hint: email }) });

    assert.equal(body['error'], 'invalid_request');
  });
});
