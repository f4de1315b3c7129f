// Requests and responses that are signed and encrypted: JAR (RFC 9101), JARM, JWE of ID tokens,
// userinfo and introspection responses (RFC 9701), on two nodes, with a strict library.
import assert from 'node:assert/strict';
import { generateKeyPairSync, createPrivateKey, type KeyObject } from 'node:crypto';
import { it } from 'node:test';
import {
  compactDecrypt,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import * as client from 'openid-client';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import {
  anAuthorizationRequest,
  configureOpenidClient,
} from '#test/support/actors/openid-client.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';
import {
  aSigningClient,
  claimsOf,
  seconds,
  short,
  type Claims,
} from '#test/support/steps/request-objects.ts';

const fapi = {
  auth: 'private_key_jwt',
  require_pushed_authorization_requests: true,
  require_signed_request_object: true,
  dpop_bound_access_tokens: true,
  authorization_signed_response_alg: 'ES256',
  response_modes: ['jwt'],
} as const;

describeNodes('signed and encrypted messages', { settings: {} }, (nodes) => {
  it('make a FAPI 2.0 Message Signing flow of openid-client', async () => {
    const app = await nodes().createClient(fapi);
    const rp = await nodes().relyingParty();
    const person = await nodes().createUser();
    const config = await configureOpenidClient(nodes(), app);
    client.useJwtResponseMode(config);
    client.enableNonRepudiationChecks(config);
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const { parameters, checks } = await anAuthorizationRequest(app);

    assert.ok(app.privateKey);
    const signed = await client.buildAuthorizationUrlWithJAR(config, parameters, app.privateKey);
    const url = await client.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP });
    const browser = nodes().browser(nodes().at(1));
    const page = await rp.passPages(await browser.open(url), person);
    const tokens = await client.authorizationCodeGrant(config, page.url, checks, undefined, {
      DPoP,
    });

    assert.deepEqual([...page.url.searchParams.keys()], ['response']);
    assert.equal(tokens.claims()?.sub, person.id);
    assert.equal(tokens.token_type, 'dpop');
  });

  it('are refused as plain requests of a client that signs them', async () => {
    const rp = await nodes().relyingParty(fapi);
    const pending = await rp.request({ response_mode: 'jwt' });

    const pushed = await rp.push(pending.url.searchParams);
    const page = await nodes().browser().open(pending.url);

    assertRefused(pushed, 400, 'invalid_request');
    // The error, too, is a signed response.
    const answer = decodeJwt(page.url.searchParams.get('response') ?? '');
    assert.deepEqual([answer['error'], answer.iss], ['invalid_request', nodes().issuer]);
  });

  const limits: readonly (readonly [string, Claims])[] = [
    ['has no nbf', { nbf: undefined }],
    ['has no exp', { exp: undefined }],
    ['is valid for more than an hour', { nbf: seconds() - 5, exp: seconds() + 3700 }],
    ['began more than an hour ago', { nbf: seconds() - 3700, exp: seconds() - 200 + 300 }],
  ];

  for (const [name, claims] of limits) {
    it(`of a client that always signs them are refused if one ${name}`, async () => {
      const facts = { require_signed_request_object: true };
      const { rp, sign } = await aSigningClient(nodes(), facts);
      const pending = await rp.request();

      const request = await sign({ ...claimsOf(rp, pending), ...claims });

      const answer = await rp.push(new URLSearchParams({ request }));
      assertRefused(answer, 400, 'invalid_request_object');
    });
  }

  it('may be valid for longer if the client need not sign them', async () => {
    const { rp, sign } = await aSigningClient(nodes());
    const pending = await rp.request();
    const request = await sign({ ...claimsOf(rp, pending), exp: seconds() + 7200 });

    const page = await nodes().browser(nodes().at(1)).open(short(rp, request));

    assert.equal(page.has('sign-in'), true);
  });

  it('are posted with response_mode=form_post.jwt (JARM §2.3.3)', async () => {
    const rp = await nodes().relyingParty({ authorization_signed_response_alg: 'PS256' });
    const pending = await rp.request({ response_mode: 'form_post.jwt' });
    const person = await nodes().createUser();

    const page = await rp.passPages(await nodes().browser().open(pending.url), person);

    const { action, method, fields } = page.form('response');
    const { payload, protectedHeader } = await verify(nodes(), rp, fields.get('response') ?? '');
    assert.deepEqual([action, method], [pending.redirectUri, 'post']);
    assert.equal(protectedHeader.alg, 'PS256');
    assert.equal(payload['state'], pending.state);
    assert.equal(typeof payload['code'], 'string');
    assert.match(page.headers.get('content-security-policy') ?? '', /script-src [^;]*'sha256-/);
  });

  for (const [alg, enc] of [
    ['RSA-OAEP-256', 'A256GCM'],
    ['ECDH-ES+A256KW', 'A128CBC-HS256'],
    ['ECDH-ES', 'A256CBC-HS512'],
  ] as const) {
    it(`can be encrypted with ${alg} and ${enc}`, async () => {
      const { key, jwk } = encryptionKey(alg);
      const members = ['id_token', 'userinfo', 'introspection', 'authorization'].map((use) => ({
        [`${use}_signed_response_alg`]: 'ES256',
        [`${use}_encrypted_response_alg`]: alg,
        [`${use}_encrypted_response_enc`]: enc,
      }));
      const app = await nodes().createClient({
        auth: 'client_secret_basic',
        jwks: { keys: [jwk] },
        ...Object.assign({}, ...members),
      });
      const rp = await nodes().relyingParty();
      const person = await nodes().createUser();
      const config = await configureOpenidClient(nodes(), app);
      client.useJwtResponseMode(config);
      client.enableDecryptingResponses(config, [enc], {
        alg,
        kid: 'enc',
        key: await cryptoKey(key, alg),
      });
      const { parameters, checks } = await anAuthorizationRequest(app);

      const url = client.buildAuthorizationUrl(config, parameters);
      const page = await rp.passPages(await nodes().browser().open(url), person);
      const tokens = await client.authorizationCodeGrant(config, page.url, checks);
      const userinfo = await client.fetchUserInfo(config, tokens.access_token, person.id);
      const introspection = await introspect(nodes(), app, tokens.access_token);
      const inner = await compactDecrypt(introspection, key);

      const header = decodeProtectedHeader(page.url.searchParams.get('response') ?? '');
      assert.deepEqual([header.alg, header.enc], [alg, enc]);
      assert.equal(decodeProtectedHeader(tokens.id_token ?? '').alg, alg);
      assert.equal(userinfo.sub, person.id);
      const told = decodeJwt(new TextDecoder().decode(inner.plaintext))['token_introspection'];
      assert.equal((told as { sub?: unknown }).sub, person.id); // RFC 9701 §5
    });
  }

  it('can be refused JSON: an encrypted introspection response must be asked for', async () => {
    const { jwk } = encryptionKey('ECDH-ES');
    const rp = await nodes().relyingParty({
      auth: 'client_secret_basic',
      jwks: { keys: [jwk] },
      introspection_signed_response_alg: 'ES256',
      introspection_encrypted_response_alg: 'ECDH-ES',
    });

    assertRefused(await rp.introspect('a token'), 400, 'invalid_request');
  });

  it('use no symmetric key, no RSA1_5, and need a key of the client', async () => {
    const { jwk } = encryptionKey('RSA-OAEP-256');
    for (const alg of ['RSA1_5', 'RSA-OAEP', 'dir', 'A256KW', 'A128GCMKW']) {
      const facts = { jwks: { keys: [jwk] }, id_token_encrypted_response_alg: alg };
      await assert.rejects(nodes().createClient(facts), { message: /encrypted_response_alg/ });
    }
    await assert.rejects(nodes().createClient({ id_token_encrypted_response_alg: 'ECDH-ES' }), {
      message: /jwks or jwks_uri/,
    });
    const symmetric = { authorization_signed_response_alg: 'HS256' };
    await assert.rejects(nodes().createClient(symmetric), { message: /must be asymmetric/ });
  });

  it('are described by the discovery metadata, which offer no encrypted requests', async () => {
    const { as } = await nodes().relyingParty();

    for (const mode of ['form_post', 'jwt', 'query.jwt', 'form_post.jwt']) {
      assert.ok(as.response_modes_supported?.includes(mode), mode);
    }
    for (const use of ['id_token', 'userinfo', 'introspection', 'authorization']) {
      const algorithms = as[`${use}_encryption_alg_values_supported`];
      assert.ok(Array.isArray(algorithms) && algorithms.includes('RSA-OAEP-256'), use);
    }
    assert.equal('request_object_encryption_alg_values_supported' in as, false);
    assert.equal('request_object_encryption_enc_values_supported' in as, false);
  });
});

async function verify(nodes: Nodes, rp: RelyingParty, response: string) {
  const answer = await nodes.at(1).send(rp.as.jwks_uri ?? '');
  const keys = createLocalJWKSet((await answer.json()) as JSONWebKeySet); // RFC 7517
  return jwtVerify(response, keys, { issuer: nodes.issuer, audience: rp.app.clientId });
}

function encryptionKey(alg: string): { readonly key: KeyObject; readonly jwk: JWK } {
  const pair = alg.startsWith('RSA')
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), use: 'enc', kid: 'enc', alg };
  return { key: pair.privateKey, jwk };
}

async function cryptoKey(key: KeyObject, alg: string) {
  const rsa = { name: 'RSA-OAEP', hash: 'SHA-256' };
  const algorithm = alg.startsWith('RSA') ? rsa : { name: 'ECDH', namedCurve: 'P-256' };
  const usages = alg.startsWith('RSA') ? (['decrypt'] as const) : (['deriveBits'] as const);
  return createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' })).toCryptoKey(
    algorithm,
    false,
    [...usages],
  );
}

async function introspect(nodes: Nodes, app: RegisteredApp, token: string): Promise<string> {
  const answer = await nodes.at(1).send(`${nodes.issuer}/oauth2/introspect`, {
    method: 'POST',
    headers: {
      accept: 'application/token-introspection+jwt',
      authorization: `Basic ${btoa(`${app.clientId}:${app.clientSecret}`)}`,
    },
    body: new URLSearchParams({ token }),
  });
  assert.match(answer.headers.get('content-type') ?? '', /^application\/token-introspection\+jwt/);
  return answer.text();
}
