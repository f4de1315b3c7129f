// Recognizes the requests that the fast path may answer, by method, path and headers. All others,
// and everything unusual, are left to the middleware and oidc-provider.
import type { IncomingMessage } from 'node:http';
import { defaultBodyLimits } from '#http/request/body-bytes.ts';
import { createHostCheck } from '#http/middleware/host-validation.ts';
import { findProtocolLimit } from '#http/rate-limit/protocol-limits.ts';
import type { RateLimit } from '#http/rate-limit/rate-limits.ts';
import { routes } from '#oidc/configuration.ts';
import type { FastEndpoint } from '#oidc/patches/handlers/endpoint-steps.ts';

export interface RecognizedRequest {
  readonly endpoint: FastEndpoint;
  readonly method: 'GET' | 'POST';
  /** The pattern, without the path of the issuer. */
  readonly route: string;
  readonly limit: RateLimit | undefined;
  readonly hasForm: boolean;
}

interface Recognized {
  readonly withForm: RecognizedRequest;
  readonly withoutForm: RecognizedRequest;
}

const form = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i;
const bytes = /^\d{1,5}$/;
const bearerToken = /^Bearer [\w.~+/=-]+$/;
const boundToken = /^DPoP [\w.~+/=-]+$/;

/**
 * Headers that change the response, or that only the middleware understands: CORS by client,
 * attestation, cookies of browsers, and bodies that are compressed or have no length.
 */
const notUnderstood: ReadonlySet<string> = new Set([
  'content-encoding',
  'cookie',
  'expect',
  'oauth-client-attestation',
  'oauth-client-attestation-pop',
  'origin',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Headers that must not be repeated: Node.js keeps one of several values or joins them, and the middleware
 * refuses the request.
 */
const single: readonly string[] = [
  'accept',
  'authorization',
  'content-length',
  'content-type',
  'dpop',
  'host',
];

const singleLengths = new Set(single.map(({ length }) => length));

export function createRecognition(issuer: URL, basePath: string) {
  const isOwnHost = createHostCheck(issuer);
  const recognized = new Map<string, Recognized>();
  function add(method: 'GET' | 'POST', endpoint: FastEndpoint): void {
    const route = routes[endpoint];
    const limit = findProtocolLimit(method, route, 0);
    const shared = { endpoint, method, route, limit };
    recognized.set(`${method} ${basePath}${route}`, {
      withForm: { ...shared, hasForm: true },
      withoutForm: { ...shared, hasForm: false },
    });
  }
  add('POST', 'introspection');
  add('POST', 'token');
  add('POST', 'userinfo');
  add('GET', 'userinfo');

  /** `undefined` for a request that only the middleware understands. */
  return (req: IncomingMessage): RecognizedRequest | undefined => {
    const found = recognized.get(`${req.method} ${req.url}`);
    if (!found || !hasUsualHeaders(req) || !isOwnHost(req.headers.host ?? '')) return undefined;
    const { endpoint, method } = found.withForm;
    if (!hasUsualProof(endpoint, req)) return undefined;
    const hasForm = formIn(method, req);
    return hasForm === undefined ? undefined : found[hasForm ? 'withForm' : 'withoutForm'];
  };
}

export type Recognition = ReturnType<typeof createRecognition>;

function hasUsualHeaders({ rawHeaders, headers }: IncomingMessage): boolean {
  for (const name in headers) if (notUnderstood.has(name)) return false;
  return !isAnyRepeated(rawHeaders) && prefersJson(headers.accept);
}

/** True if a header is repeated that must not be. */
export function isAnyRepeated(rawHeaders: readonly string[]): boolean {
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const bit = bitOf(rawHeaders[at] ?? '');
    if ((seen & bit) !== 0) return true;
    seen |= bit;
  }
  return false;
}

/** A bit for each header that must not be repeated; 0 for others. */
function bitOf(name: string): number {
  // The length excludes most other names, without creating a lower-case string.
  if (!singleLengths.has(name.length)) return 0;
  const position = single.indexOf(name.toLowerCase());
  return position === -1 ? 0 : 1 << position;
}

/**
 * An Accept header with weights, or with types of other formats, is left to oidc-provider's content
 * negotiation: a page for errors, a JWT for introspection (RFC 9701).
 */
function prefersJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return true;
  return accept.startsWith('application/json,') && !/[;=]|html|jwt/i.test(accept);
}

/** True if there is a form, false if there is no body, `undefined` for any other body. */
function formIn(method: string, { headers }: IncomingMessage): boolean | undefined {
  const { 'content-length': length, 'content-type': type } = headers;
  if (length === undefined || length === '0') return type === undefined ? false : undefined;
  const isForm = method === 'POST' && type !== undefined && form.test(type);
  return isForm && bytes.test(length) && Number(length) <= defaultBodyLimits.sizeBytes
    ? true
    : undefined;
}

/**
 * True if a DPoP proof is sent only to an endpoint where oidc-provider reads one and, at userinfo, if the
 * scheme of the access token in the header matches. Client credentials in the header are read later.
 */
function hasUsualProof(endpoint: FastEndpoint, { headers }: IncomingMessage): boolean {
  const { dpop: proof, authorization: token } = headers;
  if (proof !== undefined && (proof === '' || endpoint === 'introspection')) return false;
  if (endpoint !== 'userinfo') return true;
  if (token === undefined) return proof === undefined;
  return (proof === undefined ? bearerToken : boundToken).test(token);
}
