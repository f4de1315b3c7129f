import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { loadStaticFiles } from '#http/rendering/assets/static-files.ts';
import { startEdge } from '#test/support/middleware-app.ts';

async function startFiles(t: TestContext, files: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-files-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(directory, name, '..'), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  const loaded = await loadStaticFiles({ directory });
  const app = await startEdge(t, { handlers: [loaded.serve] });
  return { ...app, version: loaded.version, linkOf: loaded.linkOf, directory };
}

const some = { 'style.css': 'p { color: red }', 'play/app.js': 'let a = "ä";', LICENCE: 'MIT' };

describe('static file', () => {
  it('may be cached indefinitely at its versioned URL', async (t) => {
    const app = await startFiles(t, some);

    const { status, headers, body } = await app.send({
      path: `/auth/assets/play/app.js?v=${app.version}`,
    });

    assert.deepEqual([status, body], [200, 'let a = "ä";']);
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(headers['content-type'], 'text/javascript; charset=utf-8');
  });

  it('is revalidated at every other URL', async (t) => {
    const app = await startFiles(t, some);
    const path = '/auth/assets/style.css';

    const plain = await app.send({ path });
    const stale = await app.send({ path: `${path}?v=older` });
    const again = await app.send({
      path,
      headers: { 'if-none-match': String(plain.headers.etag) },
    });

    assert.deepEqual(
      [plain.headers['cache-control'], stale.headers['cache-control']],
      ['no-cache', 'no-cache'],
    );
    assert.deepEqual([again.status, again.body], [304, '']);
  });

  it('has another version when a byte changes', async (t) => {
    const one = await startFiles(t, some);
    const two = await startFiles(t, { ...some, 'style.css': 'p { color: blue }' });

    assert.notEqual(one.version, two.version);
  });

  it('that a style sheet names may be cached while other files change', async (t) => {
    const files = { 'style.css': "p { src: url('a.woff2') }", 'a.woff2': 'font' };
    const one = await startFiles(t, files);
    const two = await startFiles(t, { ...files, 'other.css': 'b {}' });
    const linked = async ({ send }: typeof one) => {
      const { body } = await send({ path: '/auth/assets/style.css' });
      return /url\('([^']+)'\)/.exec(body)?.[1] ?? '';
    };
    const url = await linked(one);

    const { headers, body } = await one.send({ path: `/auth/assets/${url}` });

    assert.equal(await linked(two), url);
    assert.equal(one.linkOf('a.woff2'), `/auth/assets/${url}`);
    assert.notEqual(one.version, two.version);
    assert.deepEqual([body, headers['content-type']], ['font', 'font/woff2']);
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
  });

  it('is served without comments, unless it is a script of another project', async (t) => {
    const script =
      '/** Notice. */\nlet a = 1; // one\n  // A line.\nlet url = "https://a.example";\n';
    const app = await startFiles(t, {
      'own.js': script,
      'other/lib.js': script,
      'own.css': '/* Notice. */\np {\n  color: red;\n}\n',
    });
    const bodyOf = async (name: string) => (await app.send({ path: `/auth/assets/${name}` })).body;

    assert.equal(await bodyOf('own.js'), 'let a = 1; // one\nlet url = "https://a.example";\n');
    assert.equal(await bodyOf('other/lib.js'), script);
    assert.equal(await bodyOf('own.css'), '@layer ostiary{p {color: red}}');
  });

  it('is compressed if the client accepts it and it becomes smaller', async (t) => {
    const long = 'let a = 1;\n'.repeat(100);
    const app = await startFiles(t, { 'long.js': long, 'short.js': 'f()', 'a.png': long });
    const ask = (name: string, encoding: string, more = {}) =>
      app.send({ path: `/auth/assets/${name}`, headers: { 'accept-encoding': encoding, ...more } });

    const packed = await ask('long.js', 'gzip, br');
    const plain = await ask('long.js', 'identity');
    const older = await ask('long.js', 'gzip');
    const again = await ask('long.js', 'gzip, br', { 'if-none-match': packed.headers.etag });

    assert.equal(packed.headers['content-encoding'], 'br');
    assert.equal(older.headers['content-encoding'], 'gzip');
    for (const { headers } of [packed, older]) assert.ok(Number(headers['content-length']) < 100);
    assert.deepEqual([plain.headers['content-encoding'], plain.body], [undefined, long]);
    assert.deepEqual(
      [packed.headers.vary, plain.headers.vary],
      ['Accept-Encoding', 'Accept-Encoding'],
    );
    const tags = [packed, older, plain].map(({ headers }) => headers.etag);
    assert.equal(new Set(tags).size, 3);
    assert.equal(again.status, 304);
    for (const name of ['short.js', 'a.png']) {
      assert.equal((await ask(name, 'gzip')).headers['content-encoding'], undefined);
    }
  });

  it('supports only GET and HEAD', async (t) => {
    const app = await startFiles(t, some);
    const path = '/auth/assets/style.css';

    const { status, headers, body } = await app.send({ method: 'HEAD', path });

    assert.deepEqual([status, headers['content-length'], body], [200, '32', '']);
    assert.equal((await app.send({ method: 'POST', path })).status, 405);
  });
});

describe('unknown file', () => {
  const paths = [
    'missing.css',
    '..%2fpackage.json',
    '%2e%2e/package.json',
    'play',
    'play/',
    '',
    'LICENCE',
    'constructor',
    '__proto__',
    'style.css/',
    'STYLE.CSS',
  ];
  for (const name of paths)
    it(`is not served: ${name}`, async (t) => {
      const app = await startFiles(t, some);

      const { status, headers } = await app.send({ path: `/auth/assets/${name}` });

      assert.equal(status, 404);
      assert.equal(headers['cache-control'], 'no-store');
    });

  it('is not served if it is added after start-up', async (t) => {
    const app = await startFiles(t, some);

    await writeFile(join(app.directory, 'later.css'), '');

    assert.equal((await app.send({ path: '/auth/assets/later.css' })).status, 404);
  });
});
