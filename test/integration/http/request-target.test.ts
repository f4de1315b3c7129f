import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startEdge } from '#test/support/middleware-app.ts';

describe('path', () => {
  const unusual = [
    '//auth/echo',
    '/auth//echo',
    '/auth/./echo',
    '/auth/x/../echo',
    '/auth/echo/..',
    '/auth/%2e%2e/echo',
    '/auth/%2e%2e;/echo',
    '/auth;a=b/echo',
    '/auth/echo%2f',
    '/assets/..%2f..%2fpackage.json',
    '/auth/echo%5c',
    '/auth\\echo',
    '/auth/%65cho',
    '/auth/echo%252f',
    '/auth/echo%0a',
    '/AUTH/echo',
    '/auth/ECHO',
    '/OAUTH2/echo',
    '/oauth2/Echo',
    '/oauth2/echo/',
    '/.Well-Known/echo',
  ];
  for (const path of unusual) {
    it(`responds with 404 to ${path}`, async (t) => {
      const app = await startEdge(t);

      assert.equal((await app.send({ path })).status, 404);
    });
  }

  for (const path of ['/auth/echo%00', '/auth/echo%', '/auth/echo%zz', '/auth/echo%ff%fe']) {
    it(`rejects ${path} as malformed`, async (t) => {
      const app = await startEdge(t);

      assert.equal((await app.send({ path })).status, 400);
    });
  }

  it('keeps identifiers in a path unchanged', async (t) => {
    const app = await startEdge(t);

    const { status } = await app.send({ path: '/auth/echo/Ab-_.~9/https%3A/%C3%A4' });

    assert.equal(status, 200);
  });
});

describe('query (RFC 6749 §3.1)', () => {
  const malformed = [
    'state=%00',
    'state=%ff%fe',
    'state=%ed%a0%80',
    'state=%c0%80',
    'state=%',
    'state=%zz',
    'a=1&a=1',
    'a=1&%61=2',
    'claims={"a":1,"a":2}',
    `claims=${encodeURIComponent('{"a":'.repeat(17) + '1' + '}'.repeat(17))}`,
    'claims={"__proto__":{}}',
    'authorization_details=%5B{"a":"%5Cu0000"}%5D',
    Array.from({ length: 300 }, (_, position) => `p${position}=1`).join('&'),
  ];
  for (const area of ['auth', 'oauth2'])
    for (const query of malformed) {
      it(`rejects ${query.slice(0, 40)} below /${area}`, async (t) => {
        const app = await startEdge(t);

        assert.equal((await app.send({ path: `/${area}/echo?${query}` })).status, 400);
      });
    }

  it('allows repeated resource and audience at protocol endpoints (RFC 8707 §2)', async (t) => {
    const app = await startEdge(t);
    const query = '?resource=a&resource=b&audience=c&audience=d';

    assert.equal((await app.send({ path: `/oauth2/echo${query}` })).status, 200);
    assert.equal((await app.send({ path: `/auth/echo${query}` })).status, 400);
  });

  it('rejects credentials in the URL of a protocol request (OAuth 2.1 §5.1)', async (t) => {
    const app = await startEdge(t);

    for (const name of ['client_secret', 'access_token', 'refresh_token', 'code_verifier'])
      assert.equal((await app.send({ path: `/oauth2/echo?${name}=x` })).status, 400);
  });

  it('rejects a token whose JSON is nested too deeply', async (t) => {
    const app = await startEdge(t);
    const deep = Buffer.from(`{"claims":${'['.repeat(3000)}${']'.repeat(3000)}}`);
    const token = `e30.${deep.toString('base64url')}.x`;

    const inQuery = await app.send({ path: `/oauth2/echo?request=${token}` });
    const inHeader = await app.send({
      path: '/oauth2/echo',
      headers: { dpop: `${deep.toString('base64url')}.e30.x` },
    });

    assert.deepEqual([inQuery.status, inHeader.status], [400, 400]);
  });

  it('passes on unusual but valid queries', async (t) => {
    const app = await startEdge(t);
    const query = 'state=%E2%9C%93+%22%0d%0a&claims=no-json&x=[[[[&__proto__=1';

    const { status, body } = await app.send({ path: `/oauth2/echo?${query}` });

    assert.equal(status, 200);
    assert.equal(JSON.parse(body).url, `/oauth2/echo?${query}`);
  });
});

describe('request limits', () => {
  it('responds with 414 to a target over 12 KiB and with 431 to larger headers', async (t) => {
    const app = await startEdge(t);
    const ask = (size: number) =>
      app.sendRaw(
        `GET /?a=${'x'.repeat(size)} HTTP/1.1\r\nHost: id.example\r\nConnection: close\r\n\r\n`,
      );

    assert.match(await ask(13_000), /^HTTP\/1\.1 414 .*X-Request-Id/is);
    assert.match(await ask(60_000), /^HTTP\/1\.1 431 .*X-Request-Id/is);
  });

  it('responds with 405 to unsupported methods', async (t) => {
    const app = await startEdge(t);

    for (const method of ['TRACE', 'PROPFIND', 'LOCK'])
      assert.equal((await app.send({ method, path: '/auth/echo' })).status, 405);
  });

  it('responds with 400 and a request id to a malformed HTTP request', async (t) => {
    const app = await startEdge(t);

    for (const noise of [
      'nonsense\r\n\r\n',
      'GET / HTTP/1.1\r\nHost id.example\r\n\r\n',
      '\0\0\0\r\n\r\n',
    ])
      assert.match(await app.sendRaw(noise), /^HTTP\/1\.1 400 .*X-Request-Id/is);
  });

  it('rejects raw non-ASCII bytes and fragments in the target', async (t) => {
    const app = await startEdge(t);
    const ask = (target: Buffer | string) =>
      app.sendRaw(
        Buffer.concat([
          Buffer.from('GET '),
          Buffer.from(target),
          Buffer.from(' HTTP/1.1\r\nHost: id.example\r\nConnection: close\r\n\r\n'),
        ]),
      );

    assert.match(await ask(Buffer.from('/auth/echo?a=\xff\xfe', 'latin1')), /^HTTP\/1\.1 400 /);
    assert.match(await ask('/auth/echo?a=ä'), /^HTTP\/1\.1 400 /);
    assert.match(await ask('/auth/echo#a'), /^HTTP\/1\.1 400 /);
    assert.match(await ask('*'), /^HTTP\/1\.1 400 /);
  });
});
