// Generates requests for the endpoints of the fast path: usual ones, and each kind of unusual one.
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import { assertionType, assertionWithTwoIds, placeAssertion } from './assertions.ts';
import type { RawRequest } from './two-ways.ts';

type Header = readonly [string, string];
type Pair = readonly [name: string, value: string];

interface Draft {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  /** Encoded parameters, in order. */
  readonly pairs: readonly Pair[];
}

const formType = 'application/x-www-form-urlencoded';
const encode = encodeURIComponent;

export type Authentication = (client: RegisteredApp) => {
  readonly headers?: readonly Header[];
  readonly pairs?: readonly Pair[];
};

const basicOf = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const basic = ({ clientId, clientSecret }: RegisteredApp) =>
  basicOf(`${encode(clientId)}:${encode(clientSecret)}`);
const withHeader = (value: string) => ({ headers: [['Authorization', value]] as const });
const posted = ({ clientId, clientSecret }: RegisteredApp) =>
  [
    ['client_id', encode(clientId)],
    ['client_secret', encode(clientSecret)],
  ] as const;

export const usualAuthentications: Readonly<Record<string, Authentication>> = {
  basic: (client) => withHeader(basic(client)),
  post: (client) => ({ pairs: posted(client) }),
};

export const unusualAuthentications: Readonly<Record<string, Authentication>> = {
  'client id only': ({ clientId }) => ({ pairs: [['client_id', clientId]] }),
  none: () => ({}),
  'both ways': (client) => ({ ...withHeader(basic(client)), pairs: posted(client) }),
  'basic and client_id': (client) => ({
    ...withHeader(basic(client)),
    pairs: [['client_id', client.clientId]],
  }),
  'basic and another client_id': (client) => ({
    ...withHeader(basic(client)),
    pairs: [['client_id', 'another']],
  }),
  'wrong secret': ({ clientId }) => withHeader(basicOf(`${clientId}:${'w'.repeat(43)}`)),
  'posted wrong secret': ({ clientId }) => ({
    pairs: [
      ['client_id', clientId],
      ['client_secret', 'wrong'],
    ],
  }),
  'empty secret': ({ clientId }) => withHeader(basicOf(`${clientId}:`)),
  'posted empty secret': ({ clientId }) => ({
    pairs: [
      ['client_id', clientId],
      ['client_secret', ''],
    ],
  }),
  'unknown client': () => withHeader(basicOf(`unknown:${'w'.repeat(43)}`)),
  'id of an object member': () => withHeader(basicOf(`__proto__:${'w'.repeat(43)}`)),
  'lower case scheme': (client) => withHeader(basic(client).replace('Basic', 'basic')),
  'two spaces': (client) => withHeader(basic(client).replace(' ', '  ')),
  'not Base64': () => withHeader('Basic *?'),
  'no colon': () => withHeader(basicOf('unknown')),
  'not encoded': ({ clientId }) => withHeader(basicOf(`${clientId}:%zz`)),
  'encoded letters': ({ clientId, clientSecret }) =>
    withHeader(
      basicOf(`%${clientId.charCodeAt(0).toString(16)}${clientId.slice(1)}:${clientSecret}`),
    ),
  'without padding': (client) => withHeader(basic(client).replace(/=+$/, '')),
  'bearer scheme': () => withHeader('Bearer ost_at_x'),
  'empty header': () => withHeader(''),
  'repeated client_id': ({ clientId, clientSecret }) => ({
    pairs: [
      ['client_id', clientId],
      ['client_id', clientId],
      ['client_secret', clientSecret],
    ],
  }),
  'malformed assertion': ({ clientId }) => ({ pairs: assertionPairs('e30.e30.e30', clientId) }),
};

/** With the parameters of an assertion. */
function assertionPairs(assertion: string, clientId?: string): readonly Pair[] {
  return [
    ...(clientId === undefined ? [] : ([['client_id', clientId]] as const)),
    ['client_assertion_type', encode(assertionType)],
    ['client_assertion', assertion],
  ];
}

/** Assertions of clients that have a key. */
export function assertionsOf(issuer: string): Readonly<Record<string, Authentication>> {
  const signed =
    (claims: object = {}, header: object = {}): Authentication =>
    (client) => ({ pairs: assertionPairs(placeAssertion(client, issuer, claims, header)) });
  const now = Math.floor(Date.now() / 1000);
  return {
    assertion: signed(),
    'assertion and client_id': (client) => ({
      pairs: assertionPairs(placeAssertion(client, issuer), client.clientId),
    }),
    'assertion and another client_id': (client) => ({
      pairs: assertionPairs(placeAssertion(client, issuer), 'another'),
    }),
    'assertion and secret': (client) => ({
      ...withHeader(basic({ ...client, clientSecret: 'x' })),
      pairs: assertionPairs(placeAssertion(client, issuer)),
    }),
    'assertion of another type': (client) => ({
      pairs: [
        ['client_assertion_type', 'jwt'],
        ['client_assertion', placeAssertion(client, issuer)],
      ],
    }),
    'assertion without a type': (client) => ({
      pairs: [['client_assertion', placeAssertion(client, issuer)]],
    }),
    'assertion for the token endpoint': signed({ aud: `${issuer}/oauth2/token` }),
    'assertion for the introspection endpoint': signed({ aud: `${issuer}/oauth2/introspect` }),
    'assertion for a list': signed({ aud: [issuer] }),
    'assertion for others': signed({ aud: 'https://other.example' }),
    'assertion without an audience': signed({ aud: undefined }),
    'assertion about another': signed({ sub: 'another' }),
    'assertion by another': signed({ iss: 'another' }),
    'assertion with two ids': (client) => ({
      pairs: assertionPairs(assertionWithTwoIds(client, issuer)),
    }),
    'assertion without an id': signed({ jti: undefined }),
    'assertion without an expiry': signed({ exp: undefined }),
    'expired assertion': signed({ exp: now - 60 }),
    'long-lived assertion': signed({ exp: now + 3600 }),
    'assertion of the future': signed({ iat: now + 600, exp: now + 630 }),
    'assertion with another algorithm': signed({}, { alg: 'PS256' }),
    'unsigned assertion': signed({}, { alg: 'none' }),
    'assertion with a foreign key': signed({}, { jku: 'https://evil.example/jwks' }),
    'assertion with an unknown key id': signed({}, { kid: 'unknown' }),
  };
}

/** How a request is written. */
export type Shape = (draft: Draft) => RawRequest;

function write(
  { method, path, headers, pairs }: Draft,
  change: Partial<RawRequest> = {},
): RawRequest {
  const text = pairs.map(([name, value]) => `${name}=${value}`).join('&');
  const hasForm = method === 'POST' && pairs.length > 0;
  const typed: readonly Header[] = hasForm ? [['Content-Type', formType], ...headers] : headers;
  return { method, path, headers: typed, ...(hasForm ? { body: text } : {}), ...change };
}

const adding =
  (...headers: readonly Header[]): Shape =>
  (draft) =>
    write({ ...draft, headers: [...draft.headers, ...headers] });

const typed =
  (type: string): Shape =>
  (draft) => {
    const { headers, ...rest } = write(draft);
    const others = headers.filter(([name]) => name !== 'Content-Type');
    return { ...rest, headers: [...others, ['Content-Type', type]] };
  };

const changingBody =
  (change: (text: string) => string | Buffer): Shape =>
  (draft) => {
    const request = write(draft);
    return request.body === undefined
      ? request
      : { ...request, body: change(String(request.body)) };
  };

export const usualShapes: Readonly<Record<string, Shape>> = {
  usual: (draft) => write(draft),
  'with charset': typed(`${formType};charset=UTF-8`),
  'accepts JSON': adding(['Accept', 'application/json']),
  'accepts anything': adding(['Accept', '*/*'], ['User-Agent', 'test'], ['Accept-Language', 'de']),
  'accepts several': adding(['Accept', 'application/json, text/plain, */*']),
};

export const unusualShapes: Readonly<Record<string, Shape>> = {
  'with origin': adding(['Origin', 'https://rp.example']),
  'with another origin': adding(['Origin', 'https://evil.example']),
  'with a cookie': adding(['Cookie', 'a=b']),
  'with a bad proof': adding(['DPoP', 'e30.e30.e30']),
  'with attestation': adding(['OAuth-Client-Attestation', 'e30.e30.e30']),
  'accepts HTML': adding(['Accept', 'text/html']),
  'accepts a JWT': adding(['Accept', 'application/token-introspection+jwt']),
  'prefers a JWT': adding(['Accept', 'application/json;q=0.1, */*']),
  'accepts images': adding(['Accept', 'image/png']),
  compressed: adding(['Content-Encoding', 'gzip']),
  chunked: adding(['Transfer-Encoding', 'chunked']),
  expecting: adding(['Expect', '100-continue']),
  'second type': adding(['Content-Type', 'text/plain']),
  'second authorization': adding(['Authorization', 'Basic YTpi']),
  'other host': adding(['Host', 'evil.example']),
  json: typed('application/json'),
  'text type': typed('text/plain'),
  'other charset': typed(`${formType}; charset=latin1`),
  'upper case type': typed(formType.toUpperCase()),
  'invalid percent': changingBody((text) => `${text}%zz`),
  'NUL encoded': changingBody((text) => `${text}%00`),
  'NUL byte': changingBody((text) => `${text}\0`),
  'plus and spaces': changingBody((text) => `${text}+`),
  'UTF-8': changingBody((text) => `${text}ä`),
  'invalid UTF-8': changingBody((text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff])])),
  'encoded invalid UTF-8': changingBody((text) => `${text}%ff`),
  'empty pairs': changingBody((text) => `&&${text}&&`),
  'no value': changingBody((text) => `${text}&scope`),
  'all encoded': changingBody((text) => text.replace('_', '%5F')),
  'other parameter': changingBody((text) => `${text}&other=1`),
  'member of objects': changingBody((text) => `${text}&__proto__=1`),
  'repeated last': changingBody((text) => `${text}&${text.split('&').at(-1)}`),
  'many pairs': changingBody((text) => text + '&x=1'.repeat(300)),
  'nine kilobytes': changingBody((text) => `${text}&padding=${'x'.repeat(9000)}`),
  'sixty kilobytes': changingBody((text) => `${text}&padding=${'x'.repeat(60_000)}`),
  'with a query': (draft) => write({ ...draft, path: `${draft.path}?a=b` }),
  'credential in the query': (draft) => write({ ...draft, path: `${draft.path}?access_token=x` }),
  'trailing slash': (draft) => write({ ...draft, path: `${draft.path}/` }),
  'upper case path': (draft) => write({ ...draft, path: draft.path.toUpperCase() }),
  'encoded path': (draft) => write({ ...draft, path: draft.path.replace('o', '%6f') }),
  GET: (draft) => write({ ...draft, method: 'GET' }),
  HEAD: (draft) => write({ ...draft, method: 'HEAD' }),
  OPTIONS: (draft) => write({ ...draft, method: 'OPTIONS' }),
  PUT: (draft) => write({ ...draft, method: 'PUT' }),
  'without a body': (draft) => write({ ...draft, pairs: [] }),
};
