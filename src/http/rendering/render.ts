/**
 * Owns turning a view and its locals into a page: layout, language, addresses of assets and the
 * headers every page needs. What a page says is in `views/` and `locales/`; what it shows is
 * computed by the pages.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ejs from 'ejs';

import { directions, type Locale } from '#http/i18n/languages.ts';
import {
  createTranslator,
  defaultLocale,
  type MessageKey,
  type Translate,
} from '#http/i18n/locales.ts';
import type { ViewLocals, ViewName } from './views/view-types.ts';

/** The part of Koa's context that a page is written to. */
export interface PageContext {
  readonly state: { readonly locale?: Locale };
  status: number;
  type: string;
  body: unknown;
  set(field: string, value: string): void;
}

interface PageOptions {
  readonly status?: number;
  readonly title?: MessageKey;
}

/** The names in the first line of a view, such as `<%# consent: action, client (whose app) -%>`. */
export function readLocalNames(template: string): string[] {
  const declared = /^<%#\s*[\w-]+:([^%]*?)-?%>/.exec(template)?.[1] ?? '';
  return declared
    .replaceAll(/\([^)]*\)/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Compiles every view, so that a broken one stops the start and not a person later. */
function loadViews(directory: string) {
  const localNames = new Map<string, readonly string[]>();
  const compile = (name: string) => {
    const filename = join(directory, name);
    const template = readFileSync(filename, 'utf8');
    const compiled = ejs.compile(template, { filename, cache: true, root: directory });
    // An include asks the library's cache by file name first: now it never reads a file.
    ejs.cache.set(filename, compiled);
    localNames.set(name.replace(/\.ejs$/, ''), readLocalNames(template));
    return compiled;
  };

  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((file) => file.endsWith('.ejs'))) compile(name);
  return { layout: compile('layout.ejs'), localNames };
}

/** First character as a person sees it, standing in for a picture. */
function createInitial(locale: Locale): (text: string) => string {
  const graphemes = new Intl.Segmenter(locale, { granularity: 'grapheme' });
  return (text) => {
    const [first] = graphemes.segment(text.trim());
    return (first?.segment ?? '').toLocaleUpperCase(locale);
  };
}

/** `issuerUrl` decides where assets are: below its path, whatever address a request came in by. */
export function createRenderer({
  viewsDirectory,
  productName,
  assetVersion,
  issuerUrl,
}: {
  readonly viewsDirectory: string;
  readonly productName: string;
  readonly assetVersion: string;
  readonly issuerUrl: URL;
}) {
  const { layout, localNames } = loadViews(viewsDirectory);
  const base = issuerUrl.pathname.replace(/\/$/, '');

  function prepareLanguage(locale: Locale) {
    const words = createTranslator(locale);
    const t: Translate = (key, values) => words(key, { product: productName, ...values });
    return { locale, t, dir: directions[locale], initial: createInitial(locale) };
  }

  // Prepared when it is first spoken: each takes memory, and few houses speak all of them.
  const languages = new Map<Locale, ReturnType<typeof prepareLanguage>>();
  function languageOf(locale: Locale) {
    const language = languages.get(locale) ?? prepareLanguage(locale);
    languages.set(locale, language);
    return language;
  }

  function asset(name: string): string {
    return `${base}/auth/assets/${name}?v=${assetVersion}`;
  }

  /** Answers with the page; it is never kept by a cache, as it may hold what one person sees. */
  return function render<V extends ViewName>(
    ctx: PageContext,
    view: V,
    locals: ViewLocals[V],
    { status = 200, title }: PageOptions = {},
  ): void {
    const language = languageOf(ctx.state.locale ?? defaultLocale);
    const absent = Object.fromEntries(
      (localNames.get(view) ?? []).map((name) => [name, undefined]),
    );
    const page = {
      ...language,
      asset,
      base,
      productName,
      host: issuerUrl.host,
      view,
      title: language.t(title ?? `${view}.title`),
    };

    ctx.status = status;
    ctx.type = 'text/html; charset=utf-8';
    ctx.set('Cache-Control', 'no-store');
    ctx.body = layout({ ...absent, ...locals, ...page });
  };
}
export type Render = ReturnType<typeof createRenderer>;
