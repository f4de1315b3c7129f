// Discovery metadata and that each statement in it is true.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JWK } from 'jose';
import { locales } from '#http/i18n/languages.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';

type Metadata = Readonly<Record<string, unknown>>;

const asymmetric = /^(?:ES|RS|PS)256$|^EdDSA$|^Ed25519$|^RSA-OAEP-\d+$|^ECDH-ES(?:\+A\d+KW)?$/;

describeApp('the discovery metadata (OIDC Discovery §3, RFC 8414 §2)', {}, (app) => {
  it('are identical at both well-known URLs', async () => {
    const [openid, oauth] = await Promise.all([
      read(app(), '/.well-known/openid-configuration'),
      read(app(), '/.well-known/oauth-authorization-server'),
    ]);

    assert.deepEqual(openid, oauth);
    assert.equal(openid['issuer'], app().issuer);
  });

  it('list the documented endpoints, all below the issuer', async () => {
    const metadata = await read(app());

    const endpoints = Object.entries(metadata).filter(
      ([name]) => name.endsWith('_endpoint') || name === 'jwks_uri',
    );
    for (const [name, url] of endpoints) {
      assert.ok(String(url).startsWith(`${app().issuer}/oauth2/`), `${name} ${String(url)}`);
    }
    const paths = endpoints.map(([name, url]) => [name, String(url).replace(app().issuer, '')]);
    const documented = {
      authorization_endpoint: '/oauth2/authorize',
      end_session_endpoint: '/oauth2/logout',
      global_token_revocation_endpoint: '/oauth2/global-token-revocation',
      introspection_endpoint: '/oauth2/introspect',
      jwks_uri: '/oauth2/jwks',
      pushed_authorization_request_endpoint: '/oauth2/par',
      // On this machine only, as here, registration is open by default.
      registration_endpoint: '/oauth2/register',
      revocation_endpoint: '/oauth2/revoke',
      token_endpoint: '/oauth2/token',
      userinfo_endpoint: '/oauth2/userinfo',
    };
    assert.deepEqual({ ...Object.fromEntries(paths), ...documented }, Object.fromEntries(paths));
  });

  it('list exactly the supported features (RFC 9700 §2)', async () => {
    const metadata = await read(app());

    assert.deepEqual(metadata['response_types_supported'], ['code']);
    assert.deepEqual(sorted(metadata['grant_types_supported']), [
      'authorization_code',
      'client_credentials',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:openid:params:grant-type:ciba',
    ]);
    assert.deepEqual(metadata['backchannel_token_delivery_modes_supported'], ['poll', 'ping']);
    assert.equal(metadata['backchannel_user_code_parameter_supported'], false);
    assert.deepEqual(metadata['code_challenge_methods_supported'], ['S256']);
    assert.deepEqual(sorted(metadata['token_endpoint_auth_methods_supported']), [
      'client_secret_basic',
      'client_secret_post',
      'none',
      'private_key_jwt',
    ]);
    assert.deepEqual(metadata['subject_types_supported'], ['public', 'pairwise']);
    assert.deepEqual(metadata['acr_values_supported'], [
      'urn:ostiary:acr:provider',
      'urn:ostiary:acr:mail',
      'urn:ostiary:acr:password',
      'urn:ostiary:acr:two-factor',
    ]);
    assert.deepEqual(metadata['ui_locales_supported'], [...locales]);
    for (const name of [
      'authorization_response_iss_parameter_supported',
      'claims_parameter_supported',
    ]) {
      assert.equal(metadata[name], true, name);
    }
    // Unsigned request objects (`none`) are not supported (RFC 9101 §10.5).
    assert.equal(metadata['request_parameter_supported'], true);
    assert.deepEqual(sorted(metadata['request_object_signing_alg_values_supported']), [
      'ES256',
      'Ed25519',
      'EdDSA',
      'PS256',
      'RS256',
    ]);
    // The default of an omitted member would be true.
    assert.equal(metadata['request_uri_parameter_supported'], false);
  });

  it('list asymmetric algorithms only, each with a published key', async () => {
    const metadata = await read(app());

    const lists = Object.entries(metadata).filter(([name]) =>
      /_alg(?:_values)?(?:_values)?_supported$/.test(name),
    );
    // OIDC Discovery §3 defines these members as lists of strings.
    const offered = lists.flatMap(([, list]) => list as string[]);
    for (const alg of offered) assert.match(alg, asymmetric);
    const keys = (await readKeys(app())).map(({ alg }) => alg);
    for (const use of ['id_token', 'introspection']) {
      const named = metadata[`${use}_signing_alg_values_supported`];
      assert.deepEqual(sorted(named), sorted(keys), use);
    }
  });

  it('list algorithms with which ID tokens and introspection responses are signed', async () => {
    const metadata = await read(app());
    const person = await app().createUser();

    for (const alg of metadata['id_token_signing_alg_values_supported'] as string[]) {
      const rp = await app().relyingParty({ id_token_signed_response_alg: alg });
      const { idToken } = await rp.login(person);
      assert.equal(decodeProtectedHeader(idToken).alg, alg);
    }
    for (const alg of metadata['introspection_signing_alg_values_supported'] as string[]) {
      assert.equal(await algorithmOfIntrospection(app(), alg), alg);
    }
  });

  it('list the supported scopes and claims', async () => {
    const metadata = await read(app());

    assert.deepEqual(sorted(metadata['scopes_supported']), [
      'address',
      'device_sso',
      'email',
      'groups',
      'offline_access',
      'openid',
      'organization',
      'phone',
      'profile',
      'roles',
    ]);
    const claims = metadata['claims_supported'] as string[]; // The specification requires it.
    for (const name of ['sub', 'name', 'email', 'email_verified', 'address', 'auth_time', 'acr']) {
      assert.ok(claims.includes(name), name);
    }
  });

  it('do not depend on Forwarded or X-Forwarded headers', async () => {
    const url = `${app().issuer}/.well-known/openid-configuration`;
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
    };

    const [plain, forged] = await Promise.all([app().send(url), app().send(url, { headers })]);

    assert.equal(await forged.text(), await plain.text());
  });

  it('are readable from other origins (CORS)', async () => {
    const headers = { origin: 'https://spa.example' };
    for (const path of ['/.well-known/openid-configuration', '/oauth2/jwks']) {
      const answer = await app().send(app().issuer + path, { headers });
      assert.ok(
        ['*', 'https://spa.example'].includes(
          answer.headers.get('access-control-allow-origin') ?? '',
        ),
      );
    }
  });
});

describeApp('the published keys (RFC 7517)', {}, (app) => {
  it('are one per algorithm, each with a unique kid', async () => {
    const keys = await readKeys(app());

    assert.deepEqual(sorted(keys.map(({ alg }) => alg)), [
      'ES256',
      'Ed25519',
      'EdDSA',
      'PS256',
      'RS256',
    ]);
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, 5);
    for (const { use } of keys) assert.equal(use, 'sig');
  });

  it('have no private members', async () => {
    for (const key of await readKeys(app())) {
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) {
        assert.equal(key[member], undefined, `${String(key['kty'])} ${member}`);
      }
    }
  });
});

async function read(
  { issuer, send }: TestApp,
  path = '/.well-known/openid-configuration',
): Promise<Metadata> {
  const answer = await send(issuer + path);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/(?:jwk-set\+)?json/);
  const metadata: Metadata = JSON.parse(await answer.text());
  return metadata;
}

async function readKeys(app: TestApp): Promise<readonly Metadata[]> {
  const { keys } = await read(app, '/oauth2/jwks');
  return keys as readonly Metadata[]; // RFC 7517 §5 requires an array of objects.
}

/** Verifies a signed introspection response (RFC 9701) and returns its algorithm. */
async function algorithmOfIntrospection(app: TestApp, alg: string): Promise<string> {
  const rp = await app.relyingParty({
    auth: 'client_secret_basic',
    introspection_signed_response_alg: alg,
  });
  const { accessToken } = await rp.login(await app.createUser());
  const { clientId, clientSecret } = rp.app as RegisteredApp; // Created by registrations.ts.
  const answer = await app.send(rp.as.introspection_endpoint ?? '', {
    method: 'POST',
    headers: {
      accept: 'application/token-introspection+jwt',
      authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
    },
    body: new URLSearchParams({ token: accessToken }),
  });
  const { protectedHeader } = await jwtVerify(
    await answer.text(),
    createLocalJWKSet({ keys: [...(await readKeys(app))] as JWK[] }), // RFC 7517 requires JWKs.
    { issuer: app.issuer, audience: clientId },
  );
  return protectedHeader.alg;
}

function sorted(list: unknown): readonly string[] {
  return (list as readonly string[]).toSorted(); // The callers assert the content.
}
