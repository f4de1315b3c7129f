// The pages that an administrator may view while signed in as a user. Anything that is not listed here is
// refused, including new pages and all forms that change something.
//
// Protocol endpoints are permitted: their own rules apply, and no consent is given. The panel is permitted,
// because it does not use the browser session.

const openPrefixes = ['/oauth2/', '/.well-known/', '/auth/admin'];

const readablePrefixes = [
  '/auth/assets/',
  '/auth/brand/',
  '/auth/dev/',
  '/auth/docs',
  '/auth/impersonation/',
  '/auth/mkdocs',
  '/auth/openapi.json',
  '/auth/pictures/',
  '/auth/playground',
  '/auth/redoc',
  '/auth/themes/',
];

const readablePages: readonly RegExp[] = [
  /^\/$/,
  /^\/auth\/account$/,
  /^\/auth\/account\/(?:activity|apps|sessions)$/,
  /^\/auth\/account\/details\/[^/]+$/,
  /^\/auth\/account\/profile(?:\/[a-z]+)?$/,
  /^\/auth\/sign-out\/stay$/,
];

const forms: readonly RegExp[] = [
  /^\/auth\/impersonation\/end$/,
  /^\/auth\/interaction\/[^/]+\/cancel$/,
  /^\/auth\/language$/,
];

/** @param path within the issuer */
export function isPermitted(method: string, path: string): boolean {
  if (openPrefixes.some((prefix) => path.startsWith(prefix))) return true;
  if (method !== 'GET' && method !== 'HEAD') return forms.some((form) => form.test(path));
  return (
    readablePrefixes.some((prefix) => path.startsWith(prefix)) ||
    readablePages.some((page) => page.test(path))
  );
}

/** True for a page to which the administrator can return, unlike protocol endpoints and files. */
export function isPage(method: string, path: string): boolean {
  if (method !== 'GET') return false;
  const isProtocol = path.startsWith('/oauth2/') || path.startsWith('/.well-known/');
  return !isProtocol && !readablePrefixes.some((prefix) => path.startsWith(prefix));
}
