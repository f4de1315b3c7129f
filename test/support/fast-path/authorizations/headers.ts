// The headers, cookies, methods and spellings of an authorization request.
import {
  all,
  cookies,
  header,
  listed,
  replaceHeader,
  withoutHeader,
  type Change,
  type Changes,
  type Choice,
} from './drafts.ts';

const accepting = (value: string) => replaceHeader('Accept', value);
const others = (...headers: readonly (readonly [string, string])[]): Change =>
  all(...headers.map(([name, value]) => header(name, value)));

const usualHeaders: Changes = {
  'Accept absent': withoutHeader('Accept'),
  'accepts anything': accepting('*/*'),
  'accepts HTML': accepting('text/html'),
  'accepts HTML first': accepting('text/html,application/json;q=0.9'),
  'accepts HTML first, and refuses it': accepting('text/html, text/html;q=0'),
  'User-Agent absent': withoutHeader('User-Agent'),
  'User-Agent long': replaceHeader('User-Agent', 'x'.repeat(2000)),
  'Accept-Language': header('Accept-Language', 'de-CH,de;q=0.9'),
  'Accept-Encoding': header('Accept-Encoding', 'gzip, br, zstd'),
  'of a link': others(
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-Dest', 'document'],
    ['Sec-Fetch-User', '?1'],
    ['Referer', 'https://rp.example/'],
    ['Upgrade-Insecure-Requests', '1'],
  ),
  'of a frame': others(['Sec-Fetch-Site', 'cross-site'], ['Sec-Fetch-Dest', 'iframe']),
  'of a prefetch': others(['Sec-Purpose', 'prefetch'], ['Purpose', 'prefetch']),
  'of a script': others(['Sec-Fetch-Mode', 'cors'], ['X-Requested-With', 'XMLHttpRequest']),
  conditional: others(['If-None-Match', '*'], ['If-Modified-Since', new Date().toUTCString()]),
  'of a range': header('Range', 'bytes=0-1'),
  'the last of a connection': header('Connection', 'close'),
  uncached: others(['Cache-Control', 'no-cache'], ['Pragma', 'no-cache']),
  forwarded: others(
    ['X-Forwarded-For', '203.0.113.7'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', 'evil.example'],
    ['Forwarded', 'for=203.0.113.7;host=evil.example'],
    ['X-Request-Id', 'a-request-id'],
  ),
  'method override': header('X-HTTP-Method-Override', 'POST'),
  'CORS without an origin': header('Access-Control-Request-Method', 'GET'),
  'cookies of others before': cookies((value) => `a=b; ${value}`),
  'cookies of others after': cookies((value) => `${value}; a=b; ostiary_x=y; __proto__=z`),
  'cookies without spaces': cookies((value) => value.replaceAll('; ', ';')),
  'cookies in two headers': header('Cookie', 'a=b'),
  'session cookie again': cookies((value) => `${value}; ostiary=forged; ostiary.sig=forged`),
  'session cookie in quotation marks': cookies((value) =>
    value.replace(/(^|; )ostiary=([^;]*)/, '$1ostiary="$2"'),
  ),
  'cookie of a language': cookies((value) => `${value}; ostiary-language=de`),
  'malformed device cookie': cookies((value) => `ostiary-device=x; ${value}`),
  'malformed cookies of other accounts': cookies((value) => `${value}; ostiary-accounts=x`),
  'other accounts until the browser ends': cookies((value) => `${value}; ostiary-accounts-now=e`),
};

const withSession = (change: (session: string) => string) =>
  cookies((value) => value.replace(/(^|; )(ostiary=[^;]*)/, (_, start, it) => start + change(it)));

const unusualCookies: Changes = {
  'no cookie': withoutHeader('Cookie'),
  'no cookie of this server': cookies(() => 'a=b'),
  'empty cookies': cookies(() => ''),
  'signature absent': cookies((value) => value.replace(/(^|; )ostiary\.sig=[^;]*/, '')),
  'signature forged': cookies((value) =>
    value.replace(/(^|; )ostiary\.sig=[^;]{3}/, '$1ostiary.sig=abc'),
  ),
  'signature truncated': cookies((value) =>
    value.replace(/(^|; )(ostiary\.sig=[^;]*)[^;](?=;|$)/, '$1$2'),
  ),
  'session changed': withSession((session) => `${session.slice(0, -1)}~`),
  'session empty': withSession(() => 'ostiary='),
  'session long': withSession((session) => session + 'x'.repeat(5000)),
  'another session first': cookies((value) => `ostiary=forged; ostiary.sig=forged; ${value}`),
  'cookie of an impersonation': cookies((value) => `${value}; ostiary-impersonation=x`),
};

const unusualHeaders: Changes = {
  'accepts JSON': accepting('application/json'),
  'accepts JSON first': accepting('application/json, text/html'),
  'accepts images': accepting('image/avif,image/*;q=0.8'),
  'accepts text': accepting('text/plain'),
  'accepts nothing': accepting(''),
  'accepts no HTML': accepting('text/html;q=0, */*'),
  'accepts XHTML': accepting('application/xhtml+xml'),
  'accepts twice': header('Accept', 'application/json'),
  'Origin of the client': header('Origin', 'https://rp.example'),
  'Origin null': header('Origin', 'null'),
  'basic credentials': header('Authorization', 'Basic YTpi'),
  'bearer token': header('Authorization', 'Bearer ost_at_x'),
  'empty credentials': header('Authorization', ''),
  proof: header('DPoP', 'e30.e30.e30'),
  'other host': header('Host', 'evil.example'),
  'host twice': others(['Host', 'evil.example'], ['Host', 'evil.example']),
  'type without a body': header('Content-Type', 'application/x-www-form-urlencoded'),
  'length without a body': header('Content-Length', '0'),
  'chunked body': header('Transfer-Encoding', 'chunked'),
  compressed: header('Content-Encoding', 'gzip'),
  expecting: header('Expect', '100-continue'),
  'other protocol': header('Upgrade', 'h2c'),
  'body of a form': (draft) => ({ ...draft, body: 'state=b' }),
};

const withMethod =
  (method: string): Change =>
  (draft) => ({ ...draft, method });
const atPath =
  (change: (path: string) => string): Change =>
  (draft) => ({ ...draft, path: change(draft.path) });
const formType = 'application/x-www-form-urlencoded';

const unusualLines: Changes = {
  HEAD: withMethod('HEAD'),
  POST: withMethod('POST'),
  'POST of a form': (draft) => ({
    ...header('Content-Type', formType)(draft),
    method: 'POST',
    pairs: [],
    body: draft.pairs.map((pair) => pair.join('=')).join('&'),
  }),
  'POST of a long form': (draft) => ({
    ...header('Content-Type', formType)(draft),
    method: 'POST',
    pairs: [],
    body: `${draft.pairs.map((pair) => pair.join('=')).join('&')}&x=${'x'.repeat(13_000)}`,
  }),
  OPTIONS: withMethod('OPTIONS'),
  PUT: withMethod('PUT'),
  PATCH: withMethod('PATCH'),
  DELETE: withMethod('DELETE'),
  'slash at the end': atPath((path) => `${path}/`),
  'upper case path': atPath((path) => path.toUpperCase()),
  'encoded path': atPath((path) => path.replace('o', '%6f')),
  'two slashes': atPath((path) => `/${path}`),
  'dot segment': atPath((path) => `/.${path}`),
  'longer path': atPath((path) => `${path}/x`),
  'path parameter': atPath((path) => `${path};a=b`),
  'absolute form': (draft) => ({ ...draft, path: `http://127.0.0.1${draft.path}` }),
  fragment: (draft) => ({ ...draft, pairs: [...draft.pairs, ['state#', 'a']] }),
  'space in the query': (draft) => ({
    ...draft,
    pairs: [...draft.pairs, ['ui_locales', 'd\u00e9']],
  }),
};

export const headerChoices: readonly Choice[] = [
  ...listed(usualHeaders, true),
  ...listed(unusualCookies, false),
  ...listed(unusualHeaders, false),
  ...listed(unusualLines, false),
];
