// Takes the choice of the language switcher in the footer of every page, and returns to that page. The form
// has no CSRF token, because error pages contain it too and it changes only the language.
import type Router from '@koa/router';
import type { CsrfProtection } from '#http/csrf.ts';
import type { LanguageCookie } from '#http/i18n/language-cookie.ts';
import { isLocale } from '#http/i18n/languages.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { readForm } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';

export interface LanguageRouteDependencies {
  readonly basePath: string;
  readonly csrf: CsrfProtection;
  readonly languageCookie: LanguageCookie;
}

/** Protocol endpoints that show a page in response to GET. */
const protocolPages: ReadonlySet<string> = new Set(['/oauth2/authorize', '/oauth2/logout']);
const ofInteraction = /^\/auth\/interaction\/([\w-]{10,64})(?:\/|$)/;
/** A placeholder for our own origin while a path from the form is resolved. */
const anyOrigin = 'https://issuer.invalid';

/** The page itself, or the closest page above it, because the response to a form may have no URL for GET. */
function findPage(router: Router, path: string): string {
  if (protocolPages.has(path) || router.match(path, 'GET').route) return path;
  const above = path.slice(0, path.lastIndexOf('/'));
  return above === '' ? '/' : findPage(router, above);
}

/** Resolves the path as browsers do, so that it cannot lead to another origin. */
function readTarget(router: Router, basePath: string, back: string) {
  const url = back.startsWith('/') ? URL.parse(back, anyOrigin) : null;
  if (url?.origin !== anyOrigin || !url.pathname.startsWith(`${basePath}/`)) return { path: '/' };
  const asked = url.pathname.slice(basePath.length);
  const path = findPage(router, asked);
  const [, interactionUid] = ofInteraction.exec(path) ?? [];
  // The choice overrides the language in the URL.
  url.searchParams.delete('ui_locales');
  return { path: path === asked ? `${path}${url.search}` : path, interactionUid };
}

export function addLanguageRoute(router: Router, dependencies: LanguageRouteDependencies): void {
  const { basePath, csrf, languageCookie } = dependencies;

  router.post('/auth/language', unlimited('browserPreference'), async (ctx) => {
    csrf.requireOwnSite(ctx);
    const form = await readForm(ctx);
    const locale = form.get('language');
    if (!isLocale(locale)) throw new AppError('invalid_input', 'This language is not supported.');
    const { path, interactionUid } = readTarget(router, basePath, form.get('back'));
    languageCookie.set(ctx, { locale, isOfProfile: false, interactionUid });
    ctx.status = 303;
    ctx.redirect(`${basePath}${path}`);
  });
}
