// Each signing algorithm that a client may register, on two nodes with a key of ML-DSA.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  importJWK,
  jwtVerify,
  type JSONWebKeySet,
} from 'jose';
import * as client from 'openid-client';
import { createSigningKeys } from '#core/keys/signing-keys.service.ts';
import { describeApp } from '#test/support/app.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import {
  anAuthorizationRequest,
  configureOpenidClient,
} from '#test/support/actors/openid-client.ts';

const settings = { POST_QUANTUM_SIGNATURES: 'ML-DSA-65' };
const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519', 'ML-DSA-65'];

describeNodes('the signing algorithm of a client', { settings }, (nodes) => {
  for (const alg of algorithms) {
    it(`can be ${alg} for ID tokens, userinfo, introspection and responses`, async () => {
      const app = await nodes().createClient({
        auth: 'client_secret_basic',
        id_token_signed_response_alg: alg,
        userinfo_signed_response_alg: alg,
        introspection_signed_response_alg: alg,
        authorization_signed_response_alg: alg,
      });
      const rp = await nodes().relyingParty();
      const person = await nodes().createUser();
      const config = await configureOpenidClient(nodes(), app);
      client.enableNonRepudiationChecks(config);
      client.useJwtResponseMode(config);
      const { parameters, checks } = await anAuthorizationRequest(app);

      const url = client.buildAuthorizationUrl(config, parameters);
      const page = await rp.passPages(await nodes().browser().open(url), person);
      const tokens = await client.authorizationCodeGrant(config, page.url, checks);
      const userinfo = await client.fetchUserInfo(config, tokens.access_token, person.id);
      const introspection = await introspect(nodes(), app, tokens.access_token);

      const response = page.url.searchParams.get('response') ?? '';
      const signed = [tokens.id_token ?? '', response, introspection];
      assert.deepEqual(
        signed.map((jwt) => decodeProtectedHeader(jwt).alg),
        [alg, alg, alg],
      );
      await jwtVerify(introspection, createLocalJWKSet(await keysOf(nodes())));
      assert.equal(userinfo.sub, person.id);
    });
  }

  it('leaves the JWKS readable for clients that do not know keys of the type AKP', async () => {
    const { keys } = await keysOf(nodes());

    const types = keys.map(({ kty }) => kty);
    assert.equal(types.lastIndexOf('AKP'), types.length - 1);
    assert.equal(types.indexOf('AKP'), types.length - 1);
    assert.equal('priv' in (keys.at(-1) ?? {}), false);
    // Like a client that imports every key before it selects one.
    for (const key of keys.slice(0, -1)) await importJWK(key);
    const rp = await nodes().relyingParty();
    const { idToken } = await rp.login(await nodes().createUser());
    const es256 = { keys: keys.filter(({ kty }) => kty === 'EC') };
    assert.equal((await jwtVerify(idToken, createLocalJWKSet(es256))).protectedHeader.alg, 'ES256');
    assert.ok(await jwtVerify(idToken, createLocalJWKSet({ keys })));
  });

  it('is offered according to the setting', async () => {
    const { as } = await nodes().relyingParty();

    for (const use of ['id_token', 'userinfo', 'introspection', 'authorization']) {
      const offered = as[`${use}_signing_alg_values_supported`] as string[]; // RFC 8414
      assert.deepEqual(offered.toSorted(), algorithms.toSorted(), use);
    }
    assert.ok(as.dpop_signing_alg_values_supported?.includes('Ed25519'));
    await assert.rejects(nodes().createClient({ id_token_signed_response_alg: 'ML-DSA-44' }), {
      message: /id_token_signed_response_alg must be/,
    });
  });

  it('is no longer published when the setting is removed', async () => {
    const { db, signingKeyStore: keys, keyring, audit, now } = nodes().services;

    const { published, signing } = await createSigningKeys({
      db,
      keys,
      keyring,
      audit,
      now,
    }).load();

    for (const set of [published, signing]) {
      assert.equal(set.length, 5);
      assert.equal(
        set.some(({ kty }) => kty === 'AKP'),
        false,
      );
    }
  });
});

describeApp('a post-quantum algorithm without its setting', {}, (app) => {
  it('has no key and cannot be registered', async () => {
    const { published } = app().services.signingKeySet.current();

    assert.equal(
      published.some(({ kty }) => kty === 'AKP'),
      false,
    );
    await assert.rejects(app().createClient({ id_token_signed_response_alg: 'ML-DSA-65' }), {
      message: /id_token_signed_response_alg must be/,
    });
  });
});

async function keysOf({ issuer, at }: Nodes): Promise<JSONWebKeySet> {
  const answer = await at(1).send(`${issuer}/oauth2/jwks`);
  return (await answer.json()) as JSONWebKeySet; // RFC 7517
}

async function introspect(
  { issuer, at }: Nodes,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
  token: string,
): Promise<string> {
  const answer = await at(1).send(`${issuer}/oauth2/introspect`, {
    method: 'POST',
    headers: {
      accept: 'application/token-introspection+jwt',
      authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
    },
    body: new URLSearchParams({ token }),
  });
  return answer.text();
}
