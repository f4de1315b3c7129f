// The cached discovery documents and JWK set, which must be identical to those of oidc-provider.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { it } from 'node:test';
import { createOidcProvider } from '#server/oidc-provider.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

const paths = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/oauth2/jwks',
];
const origin = 'https://spa.example';

describeApp('the discovery documents and the JWK set', {}, (app) => {
  it('equal those of oidc-provider in body, type and CORS headers when cached', async (t) => {
    const provider = await bareProvider(t, app());
    for (const path of paths) {
      const url = app().issuer + path;
      for (const headers of [{}, { origin }, {}]) {
        const [cached, original] = [
          await app().send(url, { headers }),
          await provider(url, { headers }),
        ];
        assert.equal(cached.status, 200);
        const expected = withoutEmptyLists(await original.text());
        assert.equal(await cached.text(), expected, path);
        for (const name of ['content-type', 'access-control-allow-origin'])
          assert.equal(cached.headers.get(name), original.headers.get(name), `${path} ${name}`);
        assert.match(cached.headers.get('vary') ?? '', /origin/i);
        assert.equal(cached.headers.get('cache-control'), 'public, max-age=300');
      }
    }
  });

  it('answer 304 to a matching If-None-Match (RFC 9110 §13.1.2)', async () => {
    for (const path of paths) {
      const url = app().issuer + path;
      const etag = (await app().send(url)).headers.get('etag') ?? '';
      assert.match(etag, /^"[\w-]{22}"$/);

      const same = await app().send(url, { headers: { 'if-none-match': `W/${etag}`, origin } });
      const other = await app().send(url, { headers: { 'if-none-match': '"other"' } });

      assert.deepEqual([same.status, await same.text()], [304, '']);
      assert.equal(same.headers.get('etag'), etag);
      assert.equal(same.headers.get('cache-control'), 'public, max-age=300');
      assert.equal(same.headers.get('access-control-allow-origin'), origin);
      assert.equal(other.status, 200);
    }
  });

  it('answer prepared requests as the middleware answers unusual ones', async () => {
    for (const path of paths) {
      const url = app().issuer + path;
      const ask = async (headers: Record<string, string>) => {
        const answer = await app().send(url, { headers });
        const { 'x-request-id': id, date: _, ...others } = Object.fromEntries(answer.headers);
        assert.match(id ?? '', /^[\da-f-]{36}$/);
        return { status: answer.status, text: await answer.text(), headers: others };
      };
      const prepared = await ask({});
      const etag = prepared.headers['etag'] ?? '';

      assert.deepEqual(prepared, await ask({ 'cache-control': 'no-cache' }), path);
      const notModified = await ask({ 'if-none-match': etag });
      assert.deepEqual(notModified, await ask({ 'if-none-match': `W/${etag}` }), path);
      assert.equal(notModified.status, 304);
    }
  });

  it('support GET, HEAD and OPTIONS only', async () => {
    for (const path of paths) {
      const url = app().issuer + path;
      const whole = await app().send(url);
      const head = await app().send(url, { method: 'HEAD' });
      assert.equal(head.status, 200);
      assert.equal(await head.text(), '');
      for (const name of ['etag', 'content-length', 'content-type'])
        assert.equal(head.headers.get(name), whole.headers.get(name));

      const headers = { origin, 'access-control-request-method': 'GET' };
      const preflight = await app().send(url, { method: 'OPTIONS', headers });
      assert.deepEqual(
        [preflight.status, preflight.headers.get('access-control-allow-methods')],
        [204, 'GET'],
      );
      assert.equal((await app().send(url, { method: 'POST' })).status, 404);
    }
  });

  it('answer 421 to requests for a host other than the issuer', async () => {
    for (const path of paths) {
      const { port } = new URL(app().issuer);
      const answer = await fetch(`http://localhost:${port}${path}`);
      assert.equal(answer.status, 421);
    }
  });
});

describeApp(
  'the discovery documents of an issuer with a path',
  { settings: { ISSUER: 'https://id.example/tenant' } },
  (app) => {
    it('are served below the path of the issuer only', async () => {
      for (const path of paths) {
        const [below, above] = [app().issuer, new URL(app().issuer).origin];
        await app().send(below + path);
        assert.equal((await app().send(below + path)).status, 200, path);
        assert.notEqual((await app().send(above + path)).status, 200, path);
      }
    });
  },
);

/** oidc-provider without the cache in front of it, on the same stores and keys. */
async function bareProvider(t: CleanUp, { issuer, services }: TestApp) {
  const { provider } = await createOidcProvider(services);
  const handle = provider.callback();
  const server = createServer((req, res) => void handle(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => server.close().closeAllConnections());
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  return createHttpClient(t, issuer, address.port);
}

/** Members without values are omitted (RFC 8414 §3.2). */
const withoutEmptyLists = (json: string) => json.replaceAll(/"[a-z_]+_supported":\[\],/g, '');
