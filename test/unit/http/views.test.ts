/** Properties that every page has, in each language and for any locals. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, it } from 'node:test';

import { directions, locales } from '#http/i18n/languages.ts';
import { isMessageKey, type Locale } from '#http/i18n/locales.ts';
import { passkeyLibrary } from '#features/passkeys/browser-library.pages.ts';
import { createRenderer, readLocalNames, type PageContext } from '#http/rendering/render.ts';
import type { ViewLocals, ViewName } from '#http/rendering/views/view-types.ts';
import { fullLocals, shortLocals, stableHooks, viewNames } from '#test/support/views/views.ts';

const root = new URL('../../../', import.meta.url);
const viewsDirectory = new URL('views/', root).pathname;

function aRenderer({ issuer = 'https://id.example.org' } = {}) {
  const issuerUrl = new URL(issuer);
  return createRenderer({ viewsDirectory, productName: 'Ostiary', assetVersion: 'v1', issuerUrl });
}

function aContext(locale: Locale) {
  const headers = new Map<string, string>();
  const context: PageContext = {
    state: { locale },
    status: 404,
    type: '',
    body: undefined,
    set: (field, value) => void headers.set(field, value),
  };
  return { context, headers };
}

const renderer = aRenderer();

function renderText<V extends ViewName>(
  view: V,
  locals: ViewLocals[V],
  { locale = 'en', render = renderer }: { locale?: Locale; render?: typeof renderer } = {},
): string {
  const { context } = aContext(locale);
  render(context, view, locals);
  return String(context.body);
}

function everyPage(): { label: string; view: ViewName; locale: Locale; html: string }[] {
  return viewNames.flatMap((view) =>
    locales.flatMap((locale) => [
      {
        label: `${view}, full, ${locale}`,
        view,
        locale,
        html: renderText(view, fullLocals[view], { locale }),
      },
      {
        label: `${view}, short, ${locale}`,
        view,
        locale,
        html: renderText(view, shortLocals[view], { locale }),
      },
    ]),
  );
}

function viewFiles(): { name: string; source: string }[] {
  return readdirSync(viewsDirectory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ejs'))
    .map((name) => ({ name, source: readFileSync(`${viewsDirectory}${name}`, 'utf8') }));
}

describe('view', () => {
  for (const { name, source } of viewFiles()) {
    it(`${name} outputs only includes unescaped`, () => {
      const raw = [...source.matchAll(/<%-(.*?)%>/gs)].map(([, code]) => code?.trim() ?? '');
      assert.deepEqual(
        raw.filter((code) => !/^include\([^;]*\)\s*-?$/.test(code)),
        [],
      );
    });

    it(`${name} declares every local it uses in its first line`, () => {
      assert.match(source, /^<%# [\w-]+: .+ -%>\n/);
    });
  }

  for (const view of viewNames) {
    it(`${view} declares exactly the locals of its type`, () => {
      const source = readFileSync(`${viewsDirectory}${view}.ejs`, 'utf8');
      assert.deepEqual(readLocalNames(source).toSorted(), Object.keys(fullLocals[view]).toSorted());
    });

    it(`${view} keeps its stable selectors`, () => {
      for (const locals of [fullLocals[view], shortLocals[view]]) {
        const html = renderText(view, locals);
        for (const hook of stableHooks[view]) assert.ok(html.includes(hook), `${view}: ${hook}`);
      }
    });
  }
});

describe('page', () => {
  it('is a complete document with one heading, a title and its language', () => {
    for (const { label, locale, html } of everyPage()) {
      const start = `<!doctype html>\n<html lang="${locale}" dir="${directions[locale]}">`;
      assert.ok(html.startsWith(start), label);
      assert.match(html, /<title>[^<]+ · Ostiary<\/title>/, label);
      assert.equal(html.match(/<h1[ >]/g)?.length, 1, label);
    }
  });

  it('has no missing message or value', () => {
    for (const { label, html } of everyPage()) {
      assert.doesNotMatch(html, /undefined|\[object|\{(?:\w+)\}/, label);
      assert.doesNotMatch(html, /(?:action|href|src)=""/, label);
    }
  });

  it('conforms to the content security policy: no inline script, style or event handler', () => {
    for (const { label, html } of everyPage()) {
      assert.doesNotMatch(
        html,
        /<style|<script(?![^>]+src=)|\sstyle=|\son[a-z]+=|javascript:/i,
        label,
      );
    }
  });

  it('labels every input and has unique ids', () => {
    for (const { label, html } of everyPage()) {
      const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, label);
      for (const [, id] of html.matchAll(/<input id="([^"]+)"/g)) {
        assert.ok(html.includes(`<label for="${id}"`), `${label}: ${id}`);
      }
      for (const [, list = ''] of html.matchAll(
        /aria-(?:describedby|labelledby|controls)="([^"]+)"/g,
      )) {
        for (const id of list.split(' ')) assert.ok(ids.includes(id), `${label}: ${id}`);
      }
    }
  });

  it('is smaller than 30 kB with its style and script, compressed', () => {
    const own = ['style.css', 'show-password.js', 'passkeys.js'];
    const assets = [...own.map((name) => new URL(`public/${name}`, root)), passkeyLibrary];
    const assetBytes = assets.reduce((sum, url) => sum + gzipSync(readFileSync(url)).length, 0);
    for (const { label, view, html } of everyPage()) {
      if (view === 'playground') continue;
      assert.ok(Buffer.byteLength(html) + assetBytes < 30_000, label);
    }
  });

  it('escapes untrusted values wherever they appear', () => {
    const probe = `'"><probe onload=alert(1)></title><%= 1234 * 10 %>`;
    for (const view of viewNames) {
      const html = renderText(view, replaceTexts(fullLocals[view], probe));
      assert.ok(html.includes('&lt;probe onload'), view);
      assert.doesNotMatch(html, /<probe|12340/, view);
    }
  });
});

/** Replaces every text of the locals, except message keys and icon names. */
function replaceTexts<T extends object>(locals: T, text: string): T {
  const icons = ['email'];
  const replaced: unknown = JSON.parse(JSON.stringify(locals), (_name, value: unknown) => {
    if (typeof value !== 'string' || isMessageKey(value) || icons.includes(value)) return value;
    return text;
  });
  return replaced as T; // the shape is unchanged: only texts were replaced
}

describe('createRenderer', () => {
  it('responds with uncacheable HTML and the given status', () => {
    const { context, headers } = aContext('en');

    renderer(context, 'error', shortLocals.error, { status: 404 });

    assert.equal(context.status, 404);
    assert.equal(context.type, 'text/html; charset=utf-8');
    assert.equal(headers.get('Cache-Control'), 'no-store');
  });

  it("links assets below the issuer's path, with their version", () => {
    const atRoot = renderText('home', shortLocals.home);
    const render = aRenderer({ issuer: 'https://example.org/id' });
    const below = renderText('home', shortLocals.home, { render });

    assert.ok(atRoot.includes('href="/auth/assets/style.css?v=v1"'));
    assert.ok(below.includes('href="/id/auth/assets/style.css?v=v1"'));
  });

  it('shows the host', () => {
    assert.match(renderText('sign-in', shortLocals['sign-in']), /You’re on id\.example\.org/);
  });

  it('uses the given title', () => {
    const { context } = aContext('en');

    renderer(context, 'home', shortLocals.home, { title: 'account.title' });

    assert.match(String(context.body), /<title>Your account · Ostiary<\/title>/);
  });

  it('replaces a missing logo by one whole grapheme', () => {
    const client = { name: '👩‍🚀 Space' };
    const html = renderText('sign-out', { ...shortLocals['sign-out'], client });

    assert.match(html, /aria-hidden="true">👩‍🚀<\/span>/);
  });
});
