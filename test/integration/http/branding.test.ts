// The brand over HTTP: its files and their headers, pages and mails that show it, the preview, and
// the unchanged look without it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { describeApp, startTestApp } from '#test/support/app.ts';
import { dataUrl, markSvg, sampleBrand } from '#test/support/data/brand.ts';

const customStyle = 'h1 { text-transform: lowercase }';
const brand = { ...sampleBrand, stylesheet: dataUrl(customStyle, 'text/css') };
const settings = { BRANDING: JSON.stringify(brand) };

function linksIn(html: string, pattern: RegExp): readonly string[] {
  return [...html.matchAll(pattern)].map(([, href = '']) => href);
}

describeApp('the brand', { settings }, (app) => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    app().send(`${app().issuer}${path}`, { headers });
  const textOf = async (path: string) => (await get(path)).text();

  it('appears on every page: style sheets, logo, icon, name and footer links', async () => {
    for (const path of ['/auth/sign-in', '/auth/recover', '/auth/nothing', '/']) {
      const html = await textOf(path);
      const [head = ''] = html.split('</head>');
      assert.deepEqual(
        linksIn(head, /<link rel="stylesheet" href="([^?"]+)/g),
        ['/auth/assets/style.css', '/auth/brand/style.css', '/auth/brand/custom.css'],
        path,
      );
      assert.match(html, /<source srcset="\/auth\/brand\/logo-dark\.svg\?v=/);
      assert.match(html, /<img src="\/auth\/brand\/logo\.svg\?v=[\w-]{16}" alt="Northwind">/);
      assert.match(html, /<link rel="icon" href="\/auth\/brand\/mark\.svg\?v=/);
      assert.match(html, / · Northwind<\/title>/);
      assert.match(html, /href="https:\/\/northwind\.example\/imprint"[^>]*>Legal notice</);
      assert.match(html, /href="mailto:help@northwind\.example"[^>]*>Support</);
      assert.doesNotMatch(html, /icon-180|icon\.svg|class="frame"/);
    }
  });

  it('serves each linked file indefinitely cacheable at its versioned URL', async () => {
    const html = await textOf('/auth/sign-in');
    const files = linksIn(html, /"(\/auth\/brand\/[^"]+)"/g);

    assert.ok(files.length >= 5);
    for (const file of files) {
      const { status, headers } = await get(file);
      assert.equal(status, 200, file);
      assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable', file);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      const etag = headers.get('etag') ?? '';
      assert.equal((await get(file, { 'if-none-match': etag })).status, 304, file);
    }
  });

  it('revalidates a file at any other URL, and has no other files', async () => {
    const stale = await get('/auth/brand/style.css?v=older');

    assert.deepEqual([stale.status, stale.headers.get('cache-control')], [200, 'no-cache']);
    for (const name of ['logo.png', 'favicon.ico', '..%2Fstyle.css', 'constructor']) {
      assert.equal((await get(`/auth/brand/${name}`)).status, 404, name);
    }
  });

  it('serves SVG images with a policy under which they run no script', async () => {
    const answer = await get('/auth/brand/mark.svg');
    const { headers } = answer;

    assert.equal(headers.get('content-type'), 'image/svg+xml');
    const policy = headers.get('content-security-policy');
    assert.equal(
      policy,
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
    );
    assert.equal(await answer.text(), markSvg);
  });

  it("includes the operator's own style sheet, unchanged, with its digest in the policy", async () => {
    const digest = `sha256-${createHash('sha256').update(customStyle).digest('base64')}`;
    const page = await get('/auth/sign-in');

    const policy = page.headers.get('content-security-policy') ?? '';
    assert.ok(policy.includes(`style-src 'self' '${digest}';img-src 'self' data:;`), policy);
    assert.ok((await page.text()).includes(`" integrity="${digest}">`));
    assert.equal(await textOf('/auth/brand/custom.css'), customStyle);
  });

  it('answers /favicon.ico with the icon of the brand, without caching it for long', async () => {
    const icon = await get('/favicon.ico');

    assert.equal(icon.headers.get('content-type'), 'image/svg+xml');
    assert.equal(icon.headers.get('cache-control'), 'no-cache');
    assert.equal(await icon.text(), markSvg);
  });

  it('is previewed in development: pages, colors, and every mail with footer links', async () => {
    const html = await textOf('/auth/dev/branding');
    const mails = linksIn(html, /href="(\/auth\/dev\/branding\/mails\/\w+)"/g);

    assert.match(html, /light: accent 6\.\d:1/);
    assert.ok(mails.length > 20);
    for (const mail of mails) {
      const answer = await get(mail);
      const policy = answer.headers.get('content-security-policy');
      assert.match(policy ?? '', /^default-src 'none'; style-src 'unsafe-inline'/);
      assert.doesNotMatch(policy ?? '', /script-src/);
      const page = await answer.text();
      assert.match(page, /href="https:\/\/northwind\.example\/privacy"/, mail);
      assert.doesNotMatch(page, /undefined|\{\w+\}/, mail);
      assert.ok(page.includes('Northwind') && !page.includes('Ostiary'), mail);
    }
    assert.equal((await get('/auth/dev/branding/mails/unknown')).status, 404);
  });

  it('previews sample pages, which may be framed here but run no script and submit nothing', async () => {
    const html = await textOf('/auth/dev/branding');
    const frames = linksIn(html, /<iframe src="(\/auth\/dev\/branding\/pages\/[\w-]+)\?/g);

    assert.ok(new Set(frames).size >= 9);
    for (const frame of new Set(frames)) {
      const page = await get(frame);
      assert.equal(page.status, 200, frame);
      const policy = page.headers.get('content-security-policy') ?? '';
      assert.match(policy, /script-src 'none'.*frame-ancestors 'self'.*form-action 'none'/);
      const shown = await page.text();
      assert.match(shown, /\/auth\/brand\/logo\.svg/);
      assert.doesNotMatch(shown, /<script| autofocus/);
    }
    const dark = await textOf(`${frames[0] ?? ''}?scheme=dark`);
    assert.match(dark, /<source srcset="[^"]+" media="all">/);
    assert.match(dark, /href="\/auth\/dev\/branding\/schemes\/dark"/);
    assert.match(await textOf('/auth/dev/branding/schemes/dark'), /^:root\{color-scheme:dark\}/);
    assert.equal((await get('/auth/dev/branding/schemes/blue')).status, 404);
    const real = await get('/auth/sign-in');
    assert.match(real.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
    assert.equal((await get('/auth/dev/branding/pages/unknown')).status, 404);
  });

  it('links only to pages that exist from the preview', async () => {
    const html = await textOf('/auth/dev/branding');

    const pages = linksIn(html, /<a href="([^"]+)"/g).filter((each) => each.startsWith('/'));
    assert.ok(pages.length > 40);
    for (const page of pages) {
      assert.notEqual((await get(page)).status, 404, page);
    }
  });
});

describe('without a brand', () => {
  it('pages have the look of Ostiary and no brand file', async (t) => {
    const app = await startTestApp(t);
    const html = await (await app.send(`${app.issuer}/auth/sign-in`)).text();

    assert.doesNotMatch(html, /\/auth\/brand\/|brand-links|<picture/);
    assert.match(html, /class="frame"/);
    assert.match(html, /icon-180\.png/);
    assert.match(html, /content="#f1f4f0"/);
    assert.equal((await app.send(`${app.issuer}/auth/brand/style.css`)).status, 404);
    const preview = await (await app.send(`${app.issuer}/auth/dev/branding`)).text();
    assert.match(preview, /BRANDING is not set/);
  });

  it('an invalid brand prevents the start and is reported by its member', async (t) => {
    const starting = startTestApp(t, { settings: { BRANDING: '{"logo":"/nowhere/logo.svg"}' } });

    await assert.rejects(
      starting,
      /BRANDING: logo\.light cannot be read from "\/nowhere\/logo\.svg"/,
    );
  });
});
