import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startEdge } from '#test/support/middleware-app.ts';

describe('host validation (RFC 9110 §7.4)', () => {
  const foreign = [
    'evil.example',
    'id.example.evil.example',
    'id.example.',
    'id.example:8443',
    'evil@id.example',
    'id.example, evil.example',
    'a b',
    '[::1',
    '',
  ];
  for (const host of foreign) {
    it(`rejects the host "${host}" with 421 as plain text`, async (t) => {
      const app = await startEdge(t);

      const answer = await app.send({ path: '/auth/echo', headers: { host } });

      assert.equal(answer.status, 421);
      assert.match(answer.headers['content-type'] ?? '', /^text\/plain/);
      assert.match(answer.body, /Its address is https:\/\/id\.example/);
      assert.ok(answer.headers['x-request-id']);
    });
  }

  for (const host of ['id.example', 'ID.Example', 'id.example:443']) {
    it(`accepts the host "${host}"`, async (t) => {
      const app = await startEdge(t);

      assert.equal((await app.send({ path: '/auth/echo', headers: { host } })).status, 200);
    });
  }

  it('uses the issuer in its own URLs, whatever the request headers claim', async (t) => {
    const app = await startEdge(t);
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'gopher',
      forwarded: 'host=evil.example;proto=http',
      origin: 'https://evil.example',
    };

    const { body } = await app.send({ path: '/auth/echo?a=b', headers });

    const { ip: _, path: __, url: ___, ...own } = JSON.parse(body);
    assert.deepEqual(own, {
      href: 'https://id.example/auth/echo?a=b',
      protocol: 'https',
      secure: true,
      host: 'id.example',
      origin: 'https://id.example',
    });
  });

  it('accepts an absolute-form target of its own host and rejects others', async (t) => {
    const app = await startEdge(t);
    const ask = (target: string, host: string) =>
      app.sendRaw(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

    const own = await ask('http://id.example/auth/echo', 'id.example');
    assert.match(own, /^HTTP\/1\.1 200 .*"url":"\/auth\/echo"/s);
    assert.match(await ask('http://evil.example/auth/echo', 'id.example'), /^HTTP\/1\.1 421 /);
    assert.match(await ask('http://id.example/auth/echo', 'evil.example'), /^HTTP\/1\.1 421 /);
    assert.match(await ask('http://evil@id.example/', 'id.example'), /^HTTP\/1\.1 421 /);
  });

  it('responds with 421 without a Host header and with 400 to two', async (t) => {
    const app = await startEdge(t);

    const without = await app.sendRaw('GET / HTTP/1.0\r\n\r\n');
    const twice = await app.sendRaw(
      'GET / HTTP/1.1\r\nHost: id.example\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );

    assert.match(without, /^HTTP\/1\.1 421 .*X-Request-Id/is);
    assert.match(twice, /^HTTP\/1\.1 400 .*X-Request-Id/is);
  });

  it('serves the health endpoints for any host', async (t) => {
    const app = await startEdge(t);

    const answer = await app.send({ path: '/health/live', headers: { host: '10.0.0.7:3000' } });

    assert.equal(answer.status, 200);
  });
});

describe('request id', () => {
  it('is random and never taken from an untrusted peer', async (t) => {
    const app = await startEdge(t);
    const headers = { 'x-request-id': 'chosen-by-attacker' };

    const first = await app.send({ path: '/auth/echo', headers });
    const second = await app.send({ path: '/nowhere', headers });

    assert.match(String(first.headers['x-request-id']), /^[\da-f-]{36}$/);
    assert.notEqual(first.headers['x-request-id'], second.headers['x-request-id']);
    assert.ok(!JSON.stringify(app.lines).includes('chosen-by-attacker'));
  });
});

describe('an issuer with a path', () => {
  it('serves all URL areas below that path', async (t) => {
    const app = await startEdge(t, { issuer: 'https://id.example/sso' });

    const { headers } = await app.send({ path: '/sso/oauth2/nowhere' });
    const live = await app.send({ path: '/sso/health/live', headers: { host: 'x' } });
    const upper = await app.send({ path: '/sso/OAUTH2/nowhere', headers: { accept: 'text/html' } });

    assert.match(headers['content-type'] ?? '', /^application\/json/);
    assert.deepEqual([live.status, upper.status], [200, 404]);
  });
});
