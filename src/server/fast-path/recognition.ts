// Recognizes the requests that the fast path may answer, by method, path and headers. All others,
// and everything unusual, are for the middleware and oidc-provider.
import type { IncomingMessage } from 'node:http';
import { defaultBodyLimits } from '#http/request/body-bytes.ts';
import { createHostCheck } from '#http/middleware/host-validation.ts';
import { isReadableBasic } from '#http/middleware/oauth/basic-credentials.ts';
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

const form = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i;
const bytes = /^\d{1,5}$/;

/**
 * Headers that change the response, or that only the middleware understands: CORS by client, DPoP,
 * attestation, cookies of browsers, and bodies that are compressed or have no length.
 */
const notUnderstood = [
  'content-encoding',
  'cookie',
  'dpop',
  'expect',
  'oauth-client-attestation',
  'oauth-client-attestation-pop',
  'origin',
  'transfer-encoding',
  'upgrade',
] as const;

/** Node keeps one of several, and the middleware refuses the request. */
const single: ReadonlySet<string> = new Set([
  'accept',
  'authorization',
  'content-length',
  'content-type',
  'host',
]);

export function createRecognition(issuer: URL, basePath: string) {
  const isOwnHost = createHostCheck(issuer);
  const recognized = new Map<string, Omit<RecognizedRequest, 'hasForm'>>();
  const add = (method: 'GET' | 'POST', endpoint: FastEndpoint) =>
    recognized.set(`${method} ${basePath}${routes[endpoint]}`, {
      endpoint,
      method,
      route: routes[endpoint],
      limit: findProtocolLimit(method, routes[endpoint], 0),
    });
  add('POST', 'introspection');
  add('POST', 'token');
  add('POST', 'userinfo');
  add('GET', 'userinfo');

  /** `undefined` for a request that only the middleware understands. */
  return (req: IncomingMessage): RecognizedRequest | undefined => {
    const found = recognized.get(`${req.method} ${req.url}`);
    if (!found || !hasUsualHeaders(req) || !isOwnHost(req.headers.host ?? '')) return undefined;
    if (!isUsualCredential(found.endpoint, req.headers.authorization)) return undefined;
    const hasForm = formIn(found.method, req);
    return hasForm === undefined ? undefined : { ...found, hasForm };
  };
}

export type Recognition = ReturnType<typeof createRecognition>;

function hasUsualHeaders({ rawHeaders, headers }: IncomingMessage): boolean {
  if (notUnderstood.some((name) => headers[name] !== undefined)) return false;
  const seen = new Set<string>();
  for (let position = 0; position < rawHeaders.length; position += 2) {
    const name = rawHeaders[position]?.toLowerCase() ?? '';
    if (seen.has(name)) return false;
    if (single.has(name)) seen.add(name);
  }
  return prefersJson(headers.accept);
}

/**
 * Weights, and types that name other formats, are left to the negotiation of oidc-provider: a page
 * for errors, a JWT for introspection (RFC 9701).
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

function isUsualCredential(endpoint: FastEndpoint, header: string | undefined): boolean {
  if (endpoint === 'userinfo') return header === undefined || /^Bearer [\w.~+/=-]+$/.test(header);
  return header === undefined || isReadableBasic(header);
}
