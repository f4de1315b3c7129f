// The documentation site at /auth/mkdocs, built from docs/ on the first request.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { buildSite } from '#features/documentation-site/site-build.ts';
import { describeApp } from '#test/support/app.ts';
import { describeDataModel } from '#test/support/docs/data-model.ts';
import { diagramPath, diagramsOf } from '#test/support/docs/diagrams.ts';
import { createTestLog, withDatabase } from '#test/support/services/databases.ts';

// Takes longer than a request waits for, on a busy machine.
before(() => buildSite(createTestLog()));

const docs = join(import.meta.dirname, '../../../docs');

describeApp('documentation site', {}, (app) => {
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    app().send(`${app().issuer}${path}`, { headers });

  it('has its first page at /auth/mkdocs/', async () => {
    const redirect = await get('/auth/mkdocs');
    const page = await get('/auth/mkdocs/');

    assert.equal(redirect.status, 303);
    assert.equal(redirect.headers.get('location'), '/auth/mkdocs/');
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<h1[^>]*>Ostiary/);
  });

  it('allows the scripts of its pages by their hashes, and nothing of other hosts', async () => {
    const page = await get('/auth/mkdocs/flows.html');
    const policy = page.headers.get('content-security-policy') ?? '';
    const html = await page.text();

    assert.match(policy, /script-src 'self' 'sha256-/);
    assert.doesNotMatch(policy, /script-src[^;]*unsafe|https?:/);
    assert.doesNotMatch(html, /<(?:script|link|img)[^>]+(?:src|href)="https?:/);
  });

  it('shows diagrams as pictures, and no link to a file outside the documents', async () => {
    const html = await (await get('/auth/mkdocs/getting-started')).text();
    const flows = await (await get('/auth/mkdocs/flows')).text();

    assert.match(flows, /<img[^>]+class="diagram in-dark"/);
    assert.doesNotMatch(flows, /sequenceDiagram/);
    assert.doesNotMatch(html, /href="[^"]*(?:\.env\.example|README)/);
  });

  it('has the changelog and the guides for each kind of reader', async () => {
    const names = ['changelog', 'guides/single-page-apps', 'guides/resource-servers', 'production'];
    const answers = await Promise.all(names.map((name) => get(`/auth/mkdocs/${name}`)));

    assert.deepEqual(
      answers.map(({ status }) => status),
      names.map(() => 200),
    );
  });

  it('answers 404 with a page for an unknown name, and never a file outside the site', async () => {
    for (const name of ['unknown', '..%2f..%2fpackage.json', 'assets/../../package.json']) {
      const answer = await get(`/auth/mkdocs/${name}`);

      assert.equal(answer.status, 404, name);
      assert.doesNotMatch(await answer.text(), /"dependencies"/);
    }
  });

  it('lets browsers keep what its name identifies, and revalidate pages', async () => {
    const page = await get('/auth/mkdocs/');
    const [, script = ''] = /<script type="module" src="([^"]+)"/.exec(await page.text()) ?? [];
    const asset = await get(script, { 'accept-encoding': 'gzip' });
    const etag = page.headers.get('etag') ?? '';
    const again = await get('/auth/mkdocs/', { 'if-none-match': etag });

    assert.match(asset.headers.get('cache-control') ?? '', /immutable/);
    assert.equal(asset.headers.get('content-encoding'), 'gzip');
    assert.equal(page.headers.get('cache-control'), 'private, no-cache');
    assert.equal(again.status, 304);
  });
});

describeApp(
  'documentation site below the path of an issuer',
  { settings: { ISSUER: 'http://127.0.0.1/id' } },
  (app) => {
    it('links below that path', async () => {
      const page = await app().send('http://127.0.0.1/id/auth/mkdocs/');
      const html = await page.text();

      assert.equal(page.status, 200);
      assert.match(html, /href="\/id\/auth\/mkdocs\/getting-started\.html"/);
      assert.doesNotMatch(html, /"\/auth\/mkdocs\//);
    });
  },
);

describe('navigation of the documentation site', () => {
  it('has every document', () => {
    const sidebar = readFileSync(join(docs, '.vitepress/sidebar.ts'), 'utf8');
    const names = ['', 'guides/'].flatMap((folder) =>
      readdirSync(join(docs, folder))
        .filter((name) => name.endsWith('.md') && name !== 'README.md')
        .map((name) => `${folder}${name.slice(0, -'.md'.length)}`),
    );

    assert.deepEqual(
      names.filter((name) => !sidebar.includes(`'${name}'`)),
      [],
    );
  });
});

describe('documents that are generated', () => {
  it('describe the schema as it is (npm run docs:data-model)', async (t) => {
    const db = await withDatabase(t, 'postgres');

    const written = readFileSync(join(docs, 'data-model.md'), 'utf8');

    assert.equal(written, await describeDataModel(db));
  });

  it('have a picture of every diagram as it is (npm run docs:diagrams)', () => {
    const sources = diagramsOf(docs);
    const paths = sources.flatMap((source) => [
      diagramPath(source, 'light'),
      diagramPath(source, 'dark'),
    ]);

    assert.ok(sources.length > 5);
    assert.deepEqual(
      paths.filter((path) => !existsSync(join(docs, path))),
      [],
    );
  });
});
