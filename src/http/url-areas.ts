// Divides the URL space into areas by their readers: OAuth clients, clients of the management API,
// and browsers. The routers match the individual paths.

export type Area = 'protocol' | 'api' | 'page' | 'asset' | 'health';

const areas: readonly (readonly [RegExp, Area])[] = [
  [/^\/(?:oauth2|\.well-known)(?:\/|$)/, 'protocol'],
  [/^\/auth\/api(?:\/|$)/, 'api'],
  // Endpoints for signals of identity providers.
  [/^\/auth\/signals(?:\/|$)/, 'protocol'],
  [/^\/(?:(?:auth\/)?(?:assets|brand|pictures|themes)\/|favicon\.ico$)/, 'asset'],
  [/^\/health\/(?:live|ready)$/, 'health'],
];

/** Responses that caches may store; they are not sent with `no-store`. */
const cacheable = /^\/(?:\.well-known\/|oauth2\/jwks$)/;

/** Protocol endpoints that browsers are redirected to. Their errors are shown to users as pages. */
const frontChannel = /^\/oauth2\/(?:authorize|logout)(?:\/|$)/;

/** Endpoints that accept a file, which authenticate the sender before they read the body. */
const uploads = /^\/auth\/(?:account\/profile\/picture|admin\/branding\/images\/[a-z-]+)$/;

export function createUrlAreas(issuer: string) {
  const basePath = new URL(issuer).pathname.replace(/\/$/, '');

  /** The path that the routers match, without the issuer's own path. */
  function shorten(path: string): string {
    const isBelow = path === basePath || path.startsWith(`${basePath}/`);
    return basePath !== '' && isBelow ? path.slice(basePath.length) || '/' : path;
  }

  function areaOf(path: string): Area {
    const short = shorten(path);
    return areas.find(([pattern]) => pattern.test(short))?.[1] ?? 'page';
  }

  return {
    basePath,
    shorten,
    areaOf,
    /** True if a browser shows the response, including errors, to the user. */
    isFrontChannel: (path: string): boolean => frontChannel.test(shorten(path)),
    takesFiles: (path: string): boolean => uploads.test(shorten(path)),
    /** True for discovery documents, keys and assets, which are the same for every caller. */
    isPublicDocument(path: string): boolean {
      return cacheable.test(shorten(path)) || areaOf(path) === 'asset';
    },
  };
}
export type UrlAreas = ReturnType<typeof createUrlAreas>;
