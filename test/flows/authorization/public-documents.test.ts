// Discovery and keys, which every app asks for and every cache may keep: the engine's own words.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { it } from 'node:test';
import { createEngine } from '#server/composition/oidc-provider.ts';
import { describeApp, type TestApp } from '#test/app.ts';
import { createWire } from '#test/roles/wire.ts';
import type { Closing } from '#test/stage/databases.ts';

const paths = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/oauth2/jwks',
];
const origin = 'https://spa.example';

describeApp('discovery and keys are the engine’s own words, kept', {}, (app) => {
  it('word for word, with its type and its word to other origins, the first time and later', async (t) => {
    const engine = await bareEngine(t, app());
    for (const path of paths) {
      const url = app().issuer + path;
      for (const headers of [{}, { origin }, {}]) {
        const [ours, theirs] = [await app().send(url, { headers }), await engine(url, { headers })];
        assert.equal(ours.status, 200);
        assert.equal(await ours.text(), await theirs.text(), path);
        for (const name of ['content-type', 'access-control-allow-origin', 'content-length'])
          assert.equal(ours.headers.get(name), theirs.headers.get(name), `${path} ${name}`);
        assert.match(ours.headers.get('vary') ?? '', /origin/i);
        assert.equal(ours.headers.get('cache-control'), 'public, max-age=300');
      }
    }
  });

  it('are not sent again to whoever has them (RFC 9110 §13.1.2)', async () => {
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

  it('answer HEAD with the same headers, OPTIONS as before, and nothing else', async () => {
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

  it('answer for the issuer alone', async () => {
    for (const path of paths) {
      const { port } = new URL(app().issuer);
      const answer = await fetch(`http://localhost:${port}${path}`);
      assert.equal(answer.status, 421);
    }
  });
});

describeApp(
  'an issuer with a path has them below it',
  { settings: { ISSUER: 'https://id.example/tenant' } },
  (app) => {
    it('and only there', async () => {
      for (const path of paths) {
        const [below, above] = [app().issuer, new URL(app().issuer).origin];
        await app().send(below + path);
        assert.equal((await app().send(below + path)).status, 200, path);
        assert.notEqual((await app().send(above + path)).status, 200, path);
      }
    });
  },
);

/** The engine alone, on the same stores and keys. */
async function bareEngine(t: Closing, { issuer, installation }: TestApp) {
  const { provider } = await createEngine(installation);
  const handle = provider.callback();
  const server = createServer((req, res) => void handle(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => server.close().closeAllConnections());
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  return createWire(t, issuer, address.port);
}
