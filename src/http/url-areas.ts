// The areas of our address space and who their readers are: programs that speak OAuth, programs
// that speak our REST interface, people. Single addresses are left to the routers.

export type Area = 'protocol' | 'api' | 'page' | 'asset' | 'health';

const areas: readonly (readonly [RegExp, Area])[] = [
  [/^\/(?:oauth2|\.well-known)(?:\/|$)/, 'protocol'],
  [/^\/auth\/api(?:\/|$)/, 'api'],
  [/^\/(?:auth\/)?(?:assets|themes)\//, 'asset'],
  [/^\/health\/(?:live|ready)$/, 'health'],
];

/** Answers that caches may keep and that therefore do not start as `no-store`. */
const cacheable = /^\/(?:\.well-known\/|oauth2\/jwks$)/;

/** Addresses of the protocol that browsers are sent to: their readers are people. */
const frontChannel = /^\/oauth2\/(?:authorize|logout)(?:\/|$)/;

export function createAddresses(issuer: string) {
  const basePath = new URL(issuer).pathname.replace(/\/$/, '');

  /** The path as our routers know it, without the issuer's own path. */
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
    /** True where a browser shows the answer, errors included. */
    isFrontChannel: (path: string): boolean => frontChannel.test(shorten(path)),
    /** Discovery, keys and assets: the same bytes for everybody. */
    isPublicDocument(path: string): boolean {
      return cacheable.test(shorten(path)) || areaOf(path) === 'asset';
    },
  };
}
export type Addresses = ReturnType<typeof createAddresses>;
