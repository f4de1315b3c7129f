// The resource server package and JWT access tokens of the Bearer scheme: RFC 9068 §4, RFC 6750, RFC 9470.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { createResourceServer } from '#resource-server/resource-server.ts';
import { anApi, apiOf, ask, bearer, url } from '#test/support/resource-server/asking.ts';
import {
  audience,
  createStandInIssuer,
  usualClaims,
} from '#test/support/resource-server/stand-in-issuer.ts';

const metadata = `resource_metadata="${audience}/.well-known/oauth-protected-resource"`;
const offer = `DPoP algs="ES256 EdDSA Ed25519", ${metadata}`;
const invalid = {
  status: 401,
  error: 'invalid_token',
  challenge: `Bearer error="invalid_token", ${metadata}, ${offer}`,
};

describe('an access token in the Authorization header', () => {
  it('passes, and its claims are read', async () => {
    const { issuer, api } = await anApi();
    const at = Math.floor(Date.now() / 1000);
    const token = await issuer.accessToken({ acr: 'mfa', auth_time: at, act: { sub: 'helper' } });

    const auth = await api.verify(new Request(url, { headers: bearer(token) }));

    assert.ok(!(auth instanceof Response));
    assert.deepEqual(
      [auth.subject, auth.clientId, [...auth.scopes], auth.acr, auth.actor],
      ['ann', 'tasks', ['tasks:read', 'tasks:write'], 'mfa', { sub: 'helper' }],
    );
    assert.equal(auth.authenticatedAt?.getTime(), at * 1000);
    assert.equal(auth.claims['iss'], issuer.issuer);
  });

  it('is requested with both schemes and the metadata, without an error', async () => {
    const { api } = await anApi();
    const missing = { status: 401, error: '', challenge: `Bearer ${metadata}, ${offer}` };

    assert.deepEqual(await ask(api, {}), missing);
    assert.deepEqual(await ask(api, { authorization: 'Basic YTpi' }), missing);
  });

  it('is never taken from the URL', async () => {
    const { issuer, api } = await anApi();
    const token = await issuer.accessToken();
    const address = `${url}?access_token=${token}`;

    const alone = await api.verify(new Request(address));
    const twice = await api.verify(new Request(address, { headers: bearer(token) }));

    assert.ok(alone instanceof Response && twice instanceof Response);
    assert.deepEqual([alone.status, twice.status], [401, 400]);
  });

  it('must be the only one and well-formed', async () => {
    const { issuer, api } = await anApi();
    const token = await issuer.accessToken();
    const twice = new Headers(bearer(token));
    twice.append('authorization', `Bearer ${token}`);
    const malformed = [twice, ...['Bearer', 'Bearer a b', 'Bearer {}', 'DPoP ,'].map(header)];

    for (const headers of malformed) {
      const { status, error } = Object(await ask(api, headers));
      assert.deepEqual([status, error], [400, 'invalid_request']);
    }
  });
});

describe('a JWT that is not a valid access token is refused with invalid_token:', () => {
  const at = Math.floor(Date.now() / 1000);
  const changes = {
    'another issuer': { iss: 'https://evil.example' },
    'another audience': { aud: 'https://other.example.com' },
    'no audience': { aud: undefined },
    expired: { exp: at - 60 },
    'no expiry': { exp: undefined },
    'not yet valid': { nbf: at + 60 },
    'no client': { client_id: undefined },
    'no subject': { sub: undefined },
    'an unknown binding': { cnf: { jwk: {} } },
    'a binding that is no object': { cnf: 'x' },
    'a binding of a wrong type': { cnf: { jkt: 1 } },
    'an unknown status': { status: { other: 1 } },
  };
  for (const [name, claims] of Object.entries(changes)) {
    it(name, async () => {
      const { issuer, api } = await anApi();

      assert.deepEqual(await ask(api, bearer(await issuer.accessToken(claims))), invalid);
    });
  }

  it('another type, such as an ID token', async () => {
    const { issuer, api } = await anApi();

    for (const typ of ['JWT', 'logout+jwt', 'dpop+jwt']) {
      assert.deepEqual(await ask(api, bearer(await issuer.accessToken({}, { typ }))), invalid);
    }
  });

  it('an unknown key, a changed payload, no signature, a public key as an HMAC secret', async () => {
    const { issuer, api } = await anApi();
    const [head = '', body = '', signature = ''] = (await issuer.accessToken()).split('.');
    const forged = encode({ ...usualClaims(issuer.issuer), sub: 'admin' });
    const none = `${encode({ alg: 'none', typ: 'at+jwt' })}.${body}`;
    const hmac = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'first' })}.${body}`;
    const mac = createHmac('sha256', 'public key').update(hmac).digest('base64url');
    await issuer.rotate('unpublished', { isPublished: false });
    const foreign = await issuer.accessToken();

    const wrong = [`${head}.${forged}.${signature}`, `${none}.`, `${none}.AA`, `${hmac}.${mac}`];
    for (const token of [...wrong, foreign]) {
      assert.deepEqual(await ask(api, bearer(token)), invalid);
    }
  });

  it('an algorithm that this API does not allow', async () => {
    const { issuer, api } = await anApi({ algorithms: ['RS256'] });

    assert.deepEqual(await ask(api, bearer(await issuer.accessToken())), invalid);
  });

  it('an opaque token, if the API does not introspect', async () => {
    const { api } = await anApi();

    assert.deepEqual(await ask(api, bearer('ost_at_abc')), invalid);
  });
});

describe('a valid but insufficient token', () => {
  it('is answered with the missing scope', async () => {
    const { issuer, api } = await anApi();
    const token = await issuer.accessToken({ scope: 'tasks:read' });

    assert.deepEqual(await ask(api, bearer(token), { scopes: ['tasks:read', 'tasks:write'] }), {
      status: 403,
      error: 'insufficient_scope',
      challenge: `Bearer error="insufficient_scope", scope="tasks:read tasks:write", ${metadata}`,
    });
    assert.deepEqual(await ask(api, bearer(token), { scopes: ['tasks:read'] }), { subject: 'ann' });
  });

  it('is answered with the required authentication (RFC 9470)', async () => {
    const { issuer, api } = await anApi();
    const at = Math.floor(Date.now() / 1000);
    const needs = { acrValues: ['phr', 'mfa'], maxAgeSeconds: 60 };
    const weak = [{}, { acr: 'pwd', auth_time: at }, { acr: 'mfa' }, { acr: 'mfa', auth_time: 1 }];

    for (const claims of weak) {
      const verdict = await ask(api, bearer(await issuer.accessToken(claims)), needs);
      assert.deepEqual(verdict, {
        status: 401,
        error: 'insufficient_user_authentication',
        challenge:
          'Bearer error="insufficient_user_authentication", acr_values="phr mfa", max_age="60", ' +
          `${metadata}, ${offer}`,
      });
    }
    const strong = await issuer.accessToken({ acr: 'mfa', auth_time: at });
    assert.deepEqual(await ask(api, bearer(strong), needs), { subject: 'ann' });
  });
});

describe('the keys of the provider', () => {
  it('are read once, and again for an unknown key after the cooldown', async (t) => {
    const { issuer, api } = await anApi({ keysCooldownSeconds: 30 });
    for (let round = 0; round < 3; round += 1) {
      assert.deepEqual(await ask(api, bearer(await issuer.accessToken())), { subject: 'ann' });
    }
    assert.equal(issuer.requestsTo('/oauth2/jwks'), 1);
    await issuer.rotate('second');
    const token = await issuer.accessToken();

    assert.deepEqual(await ask(api, bearer(token)), invalid);
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 31_000 });

    assert.deepEqual(await ask(api, bearer(token)), { subject: 'ann' });
    assert.equal(issuer.requestsTo('/oauth2/jwks'), 2);
  });

  it('cannot be read: 503, and the client learns no cause', async () => {
    const problems: Error[] = [];
    const { issuer, api } = await anApi({ onProblem: (problem) => void problems.push(problem) });
    issuer.answer(`${issuer.issuer}/oauth2/jwks`, () => ({ status: 500, body: 'secret' }));

    const request = new Request(url, { headers: bearer(await issuer.accessToken()) });
    const response = await api.verify(request);

    assert.ok(response instanceof Response);
    assert.deepEqual(
      [response.status, response.headers.get('retry-after'), await response.text()],
      [503, '1', '{"error":"temporarily_unavailable"}'],
    );
    assert.match(String(problems[0]?.message), /keys of the provider are unavailable/);
  });

  it('are not taken from metadata of another issuer', async () => {
    const { issuer, api } = await anApi();
    issuer.answer(`${issuer.issuer}/.well-known/openid-configuration`, () => ({
      body: JSON.stringify({ issuer: 'https://evil.example', jwks_uri: 'https://evil.example/k' }),
    }));

    assert.equal(Object(await ask(api, bearer(await issuer.accessToken()))).status, 503);
    assert.equal(issuer.requestsTo('/k'), 0);
  });
});

describe('options that are insecure are refused:', () => {
  const wrong = {
    'an issuer without TLS': { issuer: 'http://id.example.com' },
    'a symmetric algorithm': { algorithms: ['HS256'] },
    'no signature': { algorithms: ['none'] },
    'an audience that is no URL, without a base URL': { audience: 'tasks' },
    'a short nonce secret': { dpop: { nonceSecret: new Uint8Array(8) } },
    'introspection without a credential': { introspection: { clientId: 'api' } },
  };
  for (const [name, options] of Object.entries(wrong)) {
    it(name, () => {
      const usual = { issuer: 'https://id.example.com', audience };
      assert.throws(() => createResourceServer({ ...usual, ...options }), TypeError);
    });
  }
});

describe('a fault of the program', () => {
  it('is answered with 500 and no detail', async () => {
    const issuer = await createStandInIssuer();
    const token = await issuer.accessToken({ cnf: { 'x5t#S256': 'x' } });
    const clientCertificate = () => {
      throw new Error('secret');
    };

    const verdict = await ask(apiOf(issuer), bearer(token), { clientCertificate });

    assert.deepEqual(verdict, { status: 500, error: 'server_error', challenge: '' });
  });
});

function header(authorization: string) {
  return { authorization };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
