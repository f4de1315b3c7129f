/** Properties that every page has, in each language and for any locals. */
import { readStyleSheet } from '#http/rendering/assets/style-sheets.ts';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, it } from 'node:test';

import { directions, locales } from '#http/i18n/languages.ts';
import { isMessageKey } from '#http/i18n/locales.ts';
import { passkeyLibrary } from '#features/passkeys/browser-library.pages.ts';
import { readOptionalNames } from '#http/rendering/render.ts';
import { renderText, viewsDirectory } from '#test/support/views/render-text.ts';
import { fixtures } from '#test/support/views/views.ts';

const root = new URL('../../../', import.meta.url);
function everyPage() {
  return fixtures.flatMap(({ view, full, short }) =>
    locales.flatMap((locale) =>
      [full, short].map((locals) => ({
        label: `${view.name}, ${locals === full ? 'full' : 'short'}, ${locale}`,
        name: view.name,
        locale,
        html: renderText(view, locals, { locale }),
      })),
    ),
  );
}

function viewFiles(): { name: string; source: string }[] {
  return readdirSync(viewsDirectory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ejs'))
    .map((name) => ({ name, source: readFileSync(`${viewsDirectory}${name}`, 'utf8') }));
}

/** Layout, parts and mails belong to no page. */
function isPage(file: string): boolean {
  return !/^(?:layout\.ejs$|parts\/|mail\/)/.test(file);
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
  }

  for (const { name, source } of viewFiles().filter((file) => !isPage(file.name))) {
    it(`${name} lists in its first line what the including view passes to it`, () => {
      assert.match(source, /^<%# [\w-]+: .+ -%>\n/);
    });
  }

  it('exists for every page, and every page has a fixture', () => {
    const files = viewFiles().map(({ name }) => name);

    assert.deepEqual(
      files.filter(isPage).toSorted(),
      fixtures.map(({ view }) => `${view.path}.ejs`).toSorted(),
    );
  });

  it('has a unique name', () => {
    assert.equal(new Set(fixtures.map(({ view }) => view.name)).size, fixtures.length);
  });

  for (const { view, full, short, hooks } of fixtures) {
    it(`${view.name} lists its optional locals in its first line, and no others`, () => {
      const optional = readOptionalNames(readFileSync(`${viewsDirectory}${view.path}.ejs`, 'utf8'));

      assert.deepEqual(
        optional.filter((name) => !(name in full)),
        [],
      );
      assert.deepEqual(
        Object.keys(full).filter((name) => !(name in short) && !optional.includes(name)),
        [],
      );
    });

    it(`${view.name} keeps its stable selectors`, () => {
      for (const locals of [full, short]) {
        const html = renderText(view, locals);
        for (const hook of hooks) assert.ok(html.includes(hook), `${view.name}: ${hook}`);
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
    const own = [
      'style.css',
      'account.css',
      'forms.js',
      'show-password.js',
      'passkeys.js',
      'icons.svg',
    ];
    const assets = [...own.map((name) => new URL(`public/${name}`, root)), passkeyLibrary];
    const served = (url: URL | string) =>
      String(url).endsWith('.css') ? readStyleSheet(fileURLToPath(url)) : readFileSync(url);
    const assetBytes = assets.reduce((sum, url) => sum + gzipSync(served(url)).length, 0);
    for (const { label, name, html } of everyPage()) {
      // The page of the panel in the fixtures has every kind of block at once.
      if (name === 'playground' || name === 'admin-page') continue;
      assert.ok(Buffer.byteLength(html) + assetBytes < 30_000, label);
    }
  });

  it('escapes untrusted values wherever they appear', () => {
    const probe = `'"><probe onload=alert(1)></title><%= 1234 * 10 %>`;
    for (const { view, full } of fixtures) {
      const html = renderText(view, replaceTexts(full, probe));
      assert.ok(html.includes('&lt;probe onload'), view.name);
      assert.doesNotMatch(html, /<probe|12340/, view.name);
    }
  });
});

/** Replaces every text of the locals, except message keys, icon names and kinds of blocks. */
function replaceTexts<T extends object>(locals: T, text: string): T {
  const icons = ['email'];
  const replaced: unknown = JSON.parse(JSON.stringify(locals), (name, value: unknown) => {
    if (name === 'kind') return value;
    if (typeof value !== 'string' || isMessageKey(value) || icons.includes(value)) return value;
    return text;
  });
  return replaced as T; // the shape is unchanged: only texts were replaced
}
