import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { aFormPost, startEdge } from '#test/support/middleware-app.ts';

const aJsonPost = (path: string, body: string) => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json' },
  body,
});

const nest = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('form body', () => {
  it('reaches the handler unchanged', async (t) => {
    const app = await startEdge(t);

    const { body } = await app.send(aFormPost('/auth/form', 'login=a%40b.example&name=J%C3%BCr+ä'));

    assert.deepEqual(JSON.parse(body), { login: 'a@b.example', name: 'Jür ä' });
  });

  it('has exactly the submitted fields, whatever their names', async (t) => {
    const app = await startEdge(t);

    const { status, body } = await app.send(aFormPost('/auth/form', '__proto__=1&constructor=2'));

    assert.equal(status, 200);
    assert.equal(body, '{"__proto__":"1","constructor":"2"}');
  });

  const refused = {
    'a NUL': 'a=%00',
    'a raw NUL': 'a=\0',
    'malformed UTF-8': 'a=%ff%fe',
    'raw malformed UTF-8': Buffer.from('a=\xff\xfe', 'latin1'),
    'a surrogate': 'a=%ed%a0%80',
    'an incomplete percent-encoding': 'a=%f',
    'a repeated field': 'a=1&a=2',
    'deep claims': `claims=${encodeURIComponent(nest(5000))}`,
    'too many fields': 'a='.padEnd(1000, '&b='),
  };
  for (const [fault, body] of Object.entries(refused))
    it(`is refused for ${fault}`, async (t) => {
      const app = await startEdge(t);

      assert.equal((await app.send(aFormPost('/auth/form', body))).status, 400);
      assert.equal((await app.send(aFormPost('/oauth2/token', body))).status, 400);
    });

  it('must not repeat a parameter of the query', async (t) => {
    const app = await startEdge(t);

    const { status } = await app.send(aFormPost('/oauth2/token?client_id=b', 'client_id=a'));

    assert.equal(status, 400);
  });

  it('is required where a handler reads a form', async (t) => {
    const app = await startEdge(t);

    assert.equal((await app.send(aJsonPost('/auth/form', '{}'))).status, 415);
    assert.equal((await app.send({ ...aFormPost('/auth/form', 'x'), headers: {} })).status, 415);
  });
});

describe('JSON body', () => {
  it('is parsed for a handler that reads JSON', async (t) => {
    const app = await startEdge(t);

    const { body } = await app.send(
      aJsonPost('/auth/json', ` {"a": [${nest(14)}, "\\u00e4:\\"{"]} `),
    );

    assert.deepEqual(JSON.parse(body), { json: { a: [JSON.parse(nest(14)), 'ä:"{'] } });
  });

  const refused = {
    'depth beyond 16': nest(17),
    'depth beyond every stack': nest(20_000),
    'a member twice': '{"a":1,"b":{"c":1,"c":2}}',
    'a member twice in another spelling': '{"a":1,"\\u0061":2}',
    'a prototype': '{"x":{"__proto__":{"admin":true}}}',
    'an escaped NUL': '{"a":"\\u0000"}',
    'an unpaired surrogate': '{"a":"\\ud800"}',
    'an unpaired surrogate in a name': '{"\\udc00":1}',
    'bytes that are not UTF-8': Buffer.from('{"a":"\xff"}', 'latin1').toString('latin1'),
    'invalid JSON': '{"a":',
  };
  for (const [fault, body] of Object.entries(refused))
    it(`is refused for ${fault}`, async (t) => {
      const app = await startEdge(t);
      const encoded = Buffer.from(body, fault.includes('bytes') ? 'latin1' : 'utf8');

      const { status } = await app.send({ ...aJsonPost('/auth/json', ''), body: encoded });

      assert.equal(status, 400);
    });
});

describe('request body', () => {
  it('must be UTF-8 and uncompressed', async (t) => {
    const app = await startEdge(t);
    const post = aFormPost('/auth/form', gzipSync('a'.repeat(1_000_000)));
    const type = 'application/x-www-form-urlencoded';
    const withHeaders = async (headers: Record<string, string>) =>
      (await app.send({ ...post, headers: { 'content-type': type, ...headers } })).status;

    assert.equal(await withHeaders({ 'content-encoding': 'gzip' }), 415);
    assert.equal(await withHeaders({ 'content-encoding': 'br' }), 415);
    assert.equal(await withHeaders({ 'content-type': `${type}; charset=utf-16` }), 415);
    assert.equal(
      await withHeaders({ 'content-type': `${type}; charset=utf-8; charset=utf-16` }),
      415,
    );
  });

  it('may declare the charset UTF-8', async (t) => {
    const app = await startEdge(t);
    const headers = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' };

    const { body } = await app.send({ ...aFormPost('/auth/form', 'a=1'), headers });

    assert.equal(body, '{"a":"1"}');
  });

  it('is limited to 56 KiB, with or without Content-Length (413)', async (t) => {
    const app = await startEdge(t);
    const fitting = `a=${'x'.repeat(56 * 1024 - 2)}`;
    const chunked = { ...aFormPost('/auth/form', `${fitting}x`) };
    const headers = { ...chunked.headers, 'transfer-encoding': 'chunked' };

    assert.equal((await app.send(aFormPost('/auth/form', fitting))).status, 200);
    assert.equal((await app.send(aFormPost('/auth/form', `${fitting}x`))).status, 413);
    assert.equal((await app.send({ ...chunked, headers })).status, 413);
  });

  it('that exceeds the limit still lets the client receive the response', async (t) => {
    const app = await startEdge(t);
    const body = `password=${'x'.repeat(4_000_000)}`;

    assert.equal((await app.send(aFormPost('/auth/form', body))).status, 413);
  });

  it('must arrive within the time limit (408)', async (t) => {
    const bodyLimits = { sizeBytes: 1000, timeSeconds: 0.1, lingerSeconds: 0.1 };
    const app = await startEdge(t, { bodyLimits });

    const answer = await app.sendRaw(
      'POST /auth/form HTTP/1.1\r\nHost: id.example\r\nContent-Length: 100\r\n\r\na=1',
    );

    assert.match(answer, /^HTTP\/1\.1 408 .*X-Request-Id.*Connection: close/is);
  });

  it('without an end closes the connection', async (t) => {
    const bodyLimits = { sizeBytes: 1000, timeSeconds: 5, lingerSeconds: 0.1 };
    const app = await startEdge(t, { bodyLimits });

    const answer = await app.sendRaw(
      'POST /nowhere HTTP/1.1\r\nHost: id.example\r\nContent-Length: 5000\r\n\r\na=1',
    );

    assert.match(answer, /^HTTP\/1\.1 413 .*Connection: close/s);
  });

  it('that ends early is not logged as a server error', async (t) => {
    const app = await startEdge(t);
    const answered = app.sendRaw(
      'POST /auth/form HTTP/1.1\r\nHost: id.example\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    );

    await answered;

    assert.ok(app.lines.every(({ level }) => level !== 'error'));
  });
});
