// A cookie store as in a browser (RFC 6265bis), for the single host that tests use.

export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: string | undefined;
  /** Milliseconds since 1970; `undefined` for a session cookie. */
  readonly expiresAt: number | undefined;
}

export interface CookieJar {
  /** Stores the cookies of a response; throws for cookies that a browser would reject. */
  keep(url: URL, headers: Headers): void;
  /** The value of the Cookie header for a request to this URL. */
  header(url: URL): string;
  /** The cookie with this name, whatever its path. */
  find(name: string): Cookie | undefined;
  all(): readonly Cookie[];
  /** Adds a cookie that no response has set, as an attacker might. */
  plant(name: string, value: string, path?: string): void;
  copy(): CookieJar;
}

export function createCookieJar(): CookieJar {
  const cookies = new Map<string, Cookie>();
  return {
    keep(url, headers) {
      for (const line of headers.getSetCookie()) {
        const cookie = readCookie(line, url);
        const key = `${cookie.name};${cookie.path}`;
        const isExpired = cookie.expiresAt !== undefined && cookie.expiresAt <= Date.now();
        if (isExpired) cookies.delete(key);
        if (!isExpired) cookies.set(key, cookie);
      }
    },
    header(url) {
      return matching(url)
        .map(({ name, value }) => `${name}=${value}`)
        .join('; ');
    },
    find(name) {
      return [...cookies.values()].find((cookie) => cookie.name === name);
    },
    all() {
      return [...cookies.values()];
    },
    plant(name, value, path = '/') {
      const rest = { secure: false, httpOnly: true, sameSite: 'lax', expiresAt: undefined };
      cookies.set(`${name};${path}`, { name, value, path, ...rest });
    },
    copy() {
      const other = createCookieJar();
      for (const { name, value, path } of cookies.values()) other.plant(name, value, path);
      return other;
    },
  };

  function matching(url: URL): Cookie[] {
    return [...cookies.values()]
      .filter(({ path, secure }) => covers(path, url) && (!secure || url.protocol === 'https:'))
      .filter(({ expiresAt }) => expiresAt === undefined || expiresAt > Date.now())
      .toSorted((a, b) => b.path.length - a.path.length);
  }
}

function covers(path: string, { pathname }: URL): boolean {
  if (pathname === path) return true;
  return pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function readCookie(line: string, url: URL): Cookie {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const attributes = new Map(rest.map((part) => readAttribute(part)));
  const maxAge = attributes.get('max-age');
  const expires = maxAge === undefined ? attributes.get('expires') : undefined;
  const cookie: Cookie = {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    path: attributes.get('path') ?? '/',
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: attributes.get('samesite')?.toLowerCase(),
    expiresAt: readEnd(maxAge, expires),
  };
  rejectInvalid(cookie, attributes, url);
  return cookie;
}

function readEnd(maxAge: string | undefined, expires: string | undefined): number | undefined {
  if (maxAge !== undefined) return Date.now() + Number.parseInt(maxAge, 10) * 1000;
  return expires === undefined ? undefined : Date.parse(expires);
}

function readAttribute(part: string): readonly [string, string] {
  const at = part.indexOf('=');
  if (at < 0) return [part.toLowerCase(), ''];
  return [part.slice(0, at).toLowerCase(), part.slice(at + 1)];
}

/** Throws for a cookie that a browser would silently discard, so that a test notices. */
function rejectInvalid(
  { name, path, secure }: Cookie,
  attributes: ReadonlyMap<string, string>,
  url: URL,
): void {
  const isHost = name.startsWith('__Host-');
  const isInvalid =
    (secure && url.protocol !== 'https:') ||
    (name.startsWith('__Secure-') && !secure) ||
    (isHost && (!secure || path !== '/' || attributes.has('domain')));
  if (isInvalid) throw new Error(`Browsers would reject the cookie ${name}`);
}
