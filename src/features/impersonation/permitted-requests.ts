// What an administrator may do on our pages while signed in as a user: look. Whatever is not listed
// here is refused, so that a new page or form is refused until it is listed.
//
// Endpoints of the protocol are open: their own rules hold, and no consent is given. The panel is open,
// because it does not use the session of the browser.

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

/** True for protocol endpoints and files, which are not pages to return to. */
export function isPage(method: string, path: string): boolean {
  if (method !== 'GET') return false;
  const isProtocol = path.startsWith('/oauth2/') || path.startsWith('/.well-known/');
  return !isProtocol && !readablePrefixes.some((prefix) => path.startsWith(prefix));
}
