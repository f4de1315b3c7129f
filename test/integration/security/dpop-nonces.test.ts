// Nonces of the server in DPoP proofs (RFC 9449 §8 and §9), on two nodes.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import * as client from 'openid-client';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Node, Nodes } from '#test/support/faults/nodes.ts';
import {
  answerOf,
  type Answer,
  type AppIdentity,
} from '#test/support/actors/relying-party-types.ts';
import { configureOpenidClient } from '#test/support/actors/openid-client.ts';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';

const bound = { auth: 'private_key_jwt', dpop_bound_access_tokens: true } as const;
const strict = { ...bound, dpop_nonce_required: true } as const;
const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };

type Claims = Readonly<Record<string, unknown>>;

describeNodes('a DPoP nonce', { settings: {} }, (nodes) => {
  it('is used by openid-client across both nodes, for the token and for userinfo', async () => {
    const app = await nodes().createClient(strict);
    const { send } = nodes().at(0);
    const rp = await createRelyingParty({ issuer: nodes().issuer, send, app });
    const person = await nodes().createUser();
    const config = await configureOpenidClient(nodes(), app);
    const handle = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const callback = await rp.authorize(person);
    const url = new URL(`${callback.redirectUri}?${callback.parameters.toString()}`);
    const checks = {
      pkceCodeVerifier: callback.verifier,
      expectedState: callback.state,
      expectedNonce: callback.nonce,
    };

    const tokens = await client.authorizationCodeGrant(config, url, checks, undefined, {
      DPoP: handle,
    });
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, person.id, {
      DPoP: handle,
    });
    const refreshed = await client.refreshTokenGrant(
      config,
      tokens.refresh_token ?? '',
      undefined,
      { DPoP: handle },
    );

    assert.equal(userinfo.sub, person.id);
    assert.equal(refreshed.token_type, 'dpop');
  });

  it('is required of a client with dpop_nonce_required, and valid on the other node', async () => {
    const prove = await createProver(nodes());
    const app = await nodes().createClient({ ...strict, ...machine });
    const [first, second] = [nodes().at(0), nodes().at(1)];

    const refused = await requestToken(nodes(), first, app, await prove({}));
    const nonce = refused.headers.get('dpop-nonce') ?? '';
    const accepted = await requestToken(nodes(), second, app, await prove({ nonce }));

    assertRefused(refused, 400, 'use_dpop_nonce');
    assert.equal(accepted.status, 200, accepted.text);
    assert.equal(accepted.body['token_type'], 'DPoP');
  });

  it('may be omitted by other clients, which may use one', async () => {
    const prove = await createProver(nodes());
    const app = await nodes().createClient({ ...bound, ...machine });

    const without = await requestToken(nodes(), nodes().at(0), app, await prove({}));
    const nonce = without.headers.get('dpop-nonce') ?? '';
    const withOne = await requestToken(nodes(), nodes().at(1), app, await prove({ nonce }));

    assert.deepEqual([without.status, withOne.status], [200, 200]);
    assert.notEqual(nonce, '');
  });

  it('is offered to a client whose clock is wrong (RFC 9449 §11.1)', async () => {
    const prove = await createProver(nodes());
    const app = await nodes().createClient({ ...bound, ...machine });
    const iat = Math.floor(Date.now() / 1000) - 3600;

    const late = await requestToken(nodes(), nodes().at(0), app, await prove({ iat }));
    const nonce = late.headers.get('dpop-nonce') ?? '';
    const fresh = await requestToken(nodes(), nodes().at(1), app, await prove({ nonce }));

    assertRefused(late, 400, 'use_dpop_nonce');
    assert.equal(fresh.status, 200, fresh.text);
  });

  it('is refused if this server did not issue it, and a proof is accepted once', async () => {
    const prove = await createProver(nodes());
    const app = await nodes().createClient({ ...strict, ...machine });
    const nonce = Buffer.alloc(32, 1).toString('base64url');

    const forged = await requestToken(nodes(), nodes().at(0), app, await prove({ nonce }));
    const fresh = forged.headers.get('dpop-nonce') ?? '';
    const proof = await prove({ nonce: fresh });
    const [used, again] = [
      await requestToken(nodes(), nodes().at(0), app, proof),
      await requestToken(nodes(), nodes().at(1), app, proof),
    ];

    assertRefused(forged, 400, 'use_dpop_nonce');
    assert.equal(used.status, 200, used.text);
    assertRefused(again, 400, 'invalid_grant');
  });

  it('is required at userinfo', async () => {
    const prove = await createProver(nodes());
    const rp = await nodes().relyingParty({ ...strict });
    const callback = await rp.authorize(await nodes().createUser());
    const code = {
      grant_type: 'authorization_code',
      code: callback.code,
      redirect_uri: callback.redirectUri,
      code_verifier: callback.verifier,
    };
    const first = await requestToken(nodes(), nodes().at(0), rp.app, await prove({}), code);
    const nonce = first.headers.get('dpop-nonce') ?? '';
    const issued = await requestToken(nodes(), nodes().at(0), rp.app, await prove({ nonce }), code);
    assert.equal(issued.status, 200, issued.text);
    const token = String(issued.body['access_token']);
    const ath = createHash('sha256').update(token).digest('base64url');
    const htu = `${nodes().issuer}/oauth2/userinfo`;
    const proof = { htm: 'GET', htu, ath };

    const refused = await askUserinfo(nodes(), nodes().at(0), token, await prove(proof));
    const fresh = refused.headers.get('dpop-nonce') ?? '';
    const accepted = await askUserinfo(
      nodes(),
      nodes().at(1),
      token,
      await prove({ ...proof, nonce: fresh }),
    );

    assert.equal(refused.status, 401);
    assert.match(refused.headers.get('www-authenticate') ?? '', /^DPoP .*error="use_dpop_nonce"/);
    assert.equal(accepted.status, 200, accepted.text);
  });

  it('is not required by a client that need not use DPoP', async () => {
    await assert.rejects(nodes().createClient({ dpop_nonce_required: true }), {
      message: /dpop_nonce_required requires dpop_bound_access_tokens/,
    });
    await assert.rejects(nodes().createClient({ ...bound, dpop_nonce_required: 'yes' }), {
      message: /dpop_nonce_required must be true or false/,
    });
  });
});

/** Makes DPoP proofs with one key. */
async function createProver({ issuer }: Nodes) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = await exportJWK(publicKey);
  assert.notEqual(await calculateJwkThumbprint(jwk), '');
  return (claims: Claims): Promise<string> =>
    new SignJWT({
      jti: randomUUID(),
      htm: 'POST',
      htu: `${issuer}/oauth2/token`,
      iat: Math.floor(Date.now() / 1000),
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .sign(privateKey);
}

async function requestToken(
  { issuer }: Nodes,
  { send }: Node,
  app: AppIdentity,
  dpop: string,
  parameters: Readonly<Record<string, string>> = { grant_type: 'client_credentials' },
): Promise<Answer> {
  const body = new URLSearchParams(parameters);
  await app.auth({ issuer }, { client_id: app.clientId }, body, new Headers());
  const request = { method: 'POST', headers: { dpop }, body };
  return answerOf(await send(`${issuer}/oauth2/token`, request));
}

async function askUserinfo({ issuer }: Nodes, { send }: Node, token: string, dpop: string) {
  const headers = { authorization: `DPoP ${token}`, dpop };
  return answerOf(await send(`${issuer}/oauth2/userinfo`, { headers }));
}
