/**
 * Renders a view with its locals as a page: layout, language, asset URLs and the headers that every
 * page needs. The pages compute the locals; the text is in `views/` and `locales/`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ejs from 'ejs';

import { directions, locales, ownNames, type Locale } from '#http/i18n/languages.ts';
import {
  createTranslator,
  defaultLocale,
  type MessageKey,
  type Translate,
} from '#http/i18n/locales.ts';
import type { PageFrame } from './page-frame.ts';
import { standardBrand, type PageBrand } from './page-brand.ts';
import type { View } from './view.ts';

/** The part of Koa's context that rendering needs. */
export interface PageContext {
  readonly state: { readonly locale?: Locale; readonly impersonation?: ImpersonationBanner };
  /** Path and query of the request. */
  readonly originalUrl?: string;
  status: number;
  type: string;
  body: unknown;
  set(field: string, value: string): void;
}

/** The banner on every page while an administrator is signed in as a user, with a button that ends this. */
export interface ImpersonationBanner {
  readonly name: string;
  /** Minutes until it ends. */
  readonly minutes: number;
  readonly action: string;
  readonly formToken: string;
}

interface PageOptions {
  readonly status?: number;
  readonly title?: MessageKey;
  readonly frame?: PageFrame;
}

/**
 * The optional locals of a view, from its first line `<%# optional: client, problem -%>`. EJS fails
 * on a name that is not defined, so the renderer defines those that a page leaves out.
 */
export function readOptionalNames(template: string): string[] {
  const names = /^<%# optional: ([\w, ]+) -%>/.exec(template)?.[1];
  return names?.split(', ') ?? [];
}

/**
 * Reads every view at startup, so that all have the same version even if files are replaced while the server
 * runs. A view is compiled on first use, because compiling all of them would take a tenth of a second.
 */
function loadViews(directory: string) {
  const templates = new Map<string, string>();
  const optionalNames = new Map<string, readonly string[]>();
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((file) => file.endsWith('.ejs'))) {
    const template = readFileSync(join(directory, name), 'utf8');
    templates.set(join(directory, name), template);
    optionalNames.set(name.replace(/\.ejs$/, ''), readOptionalNames(template));
  }
  const filename = join(directory, 'layout.ejs');
  const layout = ejs.compile(templates.get(filename) ?? '', {
    filename,
    cache: true,
    root: directory,
    includer: (_name, path) => {
      const template = templates.get(path);
      return template === undefined ? { filename: path } : { template };
    },
  });
  return { layout, optionalNames };
}

/** The first grapheme of a name in upper case, shown in place of a picture. */
function createInitial(locale: Locale): (text: string) => string {
  const graphemes = new Intl.Segmenter(locale, { granularity: 'grapheme' });
  return (text) => {
    const [first] = graphemes.segment(text.trim());
    return (first?.segment ?? '').toLocaleUpperCase(locale);
  };
}

/** `issuerUrl` determines the asset URLs, whatever URL a request used. */
export function createRenderer({
  viewsDirectory,
  productName,
  assetVersion,
  issuerUrl,
  textFontHref,
  brand = () => standardBrand,
}: {
  readonly viewsDirectory: string;
  readonly productName: string;
  readonly assetVersion: string;
  readonly issuerUrl: URL;
  /** The font subset that every page needs, preloaded together with the style sheet. */
  readonly textFontHref?: string | undefined;
  /** The brand at the time of the request. */
  readonly brand?: (() => PageBrand | undefined) | undefined;
}) {
  const { layout, optionalNames } = loadViews(viewsDirectory);
  const base = issuerUrl.pathname.replace(/\/$/, '');

  function prepareLanguage(locale: Locale) {
    const words = createTranslator(locale);
    const t: Translate = (key, values) => words(key, { product: productName, ...values });
    return {
      locale,
      t,
      dir: directions[locale],
      initial: createInitial(locale),
      languages: locales.map((each) => ({ locale: each, name: ownNames[each] })),
    };
  }

  // Created on first use: each language takes memory, and few installations use all of them.
  const languages = new Map<Locale, ReturnType<typeof prepareLanguage>>();
  function languageOf(locale: Locale) {
    const language = languages.get(locale) ?? prepareLanguage(locale);
    languages.set(locale, language);
    return language;
  }

  function asset(name: string): string {
    return `${base}/auth/assets/${name}?v=${assetVersion}`;
  }

  /** Responds with the page. It must not be cached, since it may show data of one user. */
  return function render<Locals extends object>(
    ctx: PageContext,
    view: View<Locals>,
    locals: NoInfer<Locals>,
    { status = 200, title, frame = {} }: PageOptions = {},
  ): void {
    const language = languageOf(ctx.state.locale ?? defaultLocale);
    const absent = Object.fromEntries(
      (optionalNames.get(view.path) ?? []).map((name) => [name, undefined]),
    );
    const activeBrand = brand() ?? standardBrand;
    const page = {
      ...language,
      asset,
      base,
      productName,
      brand: activeBrand,
      textFontHref: activeBrand.hasTextFont ? textFontHref : undefined,
      host: issuerUrl.host,
      here: ctx.originalUrl ?? `${base}/`,
      view: view.path,
      area: view.area,
      impersonation: showBanner(ctx.state.impersonation, language.locale),
      // Grouped under one name, so that the locals of a page can have names like `notice`.
      frame: { ...frame, notice: frame.notice && language.t(frame.notice) },
      title: headingOf(view, locals) ?? language.t(title ?? view.title),
    };

    ctx.status = status;
    ctx.type = 'text/html; charset=utf-8';
    ctx.set('Cache-Control', 'no-store');
    ctx.body = layout({ ...absent, ...locals, ...page });
  };
}

function showBanner(banner: ImpersonationBanner | undefined, locale: Locale) {
  if (!banner) return undefined;
  const when = new Intl.RelativeTimeFormat(locale).format(banner.minutes, 'minute');
  return { ...banner, when };
}

/** The title of a page of the panel. */
function headingOf(view: View<object>, locals: object): string | undefined {
  if (view.area !== 'admin' || !('heading' in locals)) return undefined;
  return String(locals.heading);
}

export type Render = ReturnType<typeof createRenderer>;
