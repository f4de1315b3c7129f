// Converts events of HTTP APIs and function URLs (payload 2.0) and of REST APIs (payload 1.0) into requests,
// and responses back. The network address is that of the gateway's request context, never a header.
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyResult,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';

/** Payload 1.0: REST API. */
export type RestEvent = APIGatewayProxyEvent;
/** Payload 2.0: HTTP API and function URLs. */
export type HttpEvent = APIGatewayProxyEventV2;
export type GatewayEvent = RestEvent | HttpEvent;
export type GatewayResult = APIGatewayProxyResult | APIGatewayProxyStructuredResultV2;

export interface GatewayRequest {
  readonly method: string;
  /** Path and query, as the client sent them. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly remoteAddress: string;
}

export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Hop-by-hop headers: the gateway has its own connections and counts the bytes itself. */
const hopHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

export function isGatewayEvent(event: object): event is GatewayEvent {
  const { requestContext } = Object(event) as Partial<GatewayEvent>; // an event may be any object
  if (typeof requestContext !== 'object' || requestContext === null) return false;
  return 'http' in requestContext || ('identity' in requestContext && 'httpMethod' in event);
}

function isHttpEvent(event: GatewayEvent): event is HttpEvent {
  return 'http' in event.requestContext;
}

/** @param basePath the path of the issuer, without a trailing slash */
export function readRequest(event: GatewayEvent, basePath: string): GatewayRequest {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const known = isHttpEvent(event) ? headersOfHttp(event) : headersOfRest(event);
  const headers = Object.entries(known).filter(([name]) => !hopHeaders.has(name));
  const method = isHttpEvent(event) ? event.requestContext.http.method : event.httpMethod;
  const isEmpty = body.length === 0 && (method === 'GET' || method === 'HEAD');
  return {
    method,
    path: isHttpEvent(event) ? targetOfHttp(event, basePath) : targetOfRest(event, basePath),
    headers: {
      ...Object.fromEntries(headers),
      ...(isEmpty ? {} : { 'content-length': String(body.length) }),
    },
    body,
    remoteAddress: isHttpEvent(event)
      ? event.requestContext.http.sourceIp
      : event.requestContext.identity.sourceIp,
  };
}

/** Payload 2.0 has the cookies apart, and joins repeated headers with commas. */
function headersOfHttp({ headers, cookies }: HttpEvent): Record<string, string> {
  const named = lowerCase(Object.entries(headers));
  return cookies && cookies.length > 0 ? { ...named, cookie: cookies.join('; ') } : named;
}

/**
 * Payload 1.0 contains every value of a repeated header. Repetitions are joined, so a header that must not be
 * repeated becomes invalid.
 */
function headersOfRest({ headers, multiValueHeaders }: RestEvent): Record<string, string> {
  const values = Object.entries(multiValueHeaders ?? {}).map(
    ([name, list]) => [name, list?.join(name.toLowerCase() === 'cookie' ? '; ' : ', ')] as const,
  );
  return { ...lowerCase(Object.entries(headers ?? {})), ...lowerCase(values) };
}

function lowerCase(
  entries: readonly (readonly [name: string, value: string | undefined])[],
): Record<string, string> {
  const named = entries.flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value] as const],
  );
  return Object.fromEntries(named);
}

/** The path contains the stage unless it is the default one, even with a custom domain. */
function targetOfHttp({ rawPath, rawQueryString, requestContext }: HttpEvent, basePath: string) {
  const stage = `/${requestContext.stage}`;
  const isStage = stage !== '/$default' && !isBelow(basePath, stage) && isBelow(rawPath, stage);
  const path = isStage ? rawPath.slice(stage.length) || '/' : rawPath;
  return rawQueryString === '' ? escapePath(path) : `${escapePath(path)}?${rawQueryString}`;
}

/** Only the path in the request context contains the stage or the base path of a custom domain. */
function targetOfRest(event: RestEvent, basePath: string): string {
  const { path, requestContext, multiValueQueryStringParameters } = event;
  const isOurs = basePath !== '' && isBelow(requestContext.path, basePath);
  const chosen = escapePath(isOurs ? requestContext.path : path);
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(multiValueQueryStringParameters ?? {})) {
    for (const value of values ?? []) query.append(name, value);
  }
  return query.size === 0 ? chosen : `${chosen}?${query.toString()}`;
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** The gateway decodes the path. What must not appear in a request line is encoded again. */
function escapePath(path: string): string {
  return path.replaceAll(/[^\x21-\x7e]|[?#]/gu, (character) => encodeURIComponent(character));
}

/** True if a body of this type can be sent as text; everything else is Base64. */
export function isText({ headers }: Pick<GatewayResponse, 'headers'>): boolean {
  if (headers['content-encoding'] !== undefined) return false;
  const type = String(headers['content-type'] ?? 'text/plain').toLowerCase();
  const isTextual = /^text\/|^application\/(?:[\w.-]+\+)?(?:json|javascript|xml)\b|\+xml\b/.test(
    type,
  );
  return isTextual && !/charset=(?!"?utf-8)/.test(type);
}

/** The response in the format of the event. */
export function writeResult(event: GatewayEvent, response: GatewayResponse): GatewayResult {
  const { statusCode, body, isBase64Encoded } = response;
  const headers = Object.entries(response.headers).flatMap(([name, value]) =>
    value === undefined || hopHeaders.has(name) ? [] : [[name, listOf(value)] as const],
  );
  if (!isHttpEvent(event)) {
    return { statusCode, body, isBase64Encoded, multiValueHeaders: Object.fromEntries(headers) };
  }
  const cookies = headers.flatMap(([name, values]) => (name === 'set-cookie' ? values : []));
  const others = headers.filter(([name]) => name !== 'set-cookie');
  const joined = Object.fromEntries(others.map(([name, values]) => [name, values.join(', ')]));
  return { statusCode, body, isBase64Encoded, headers: joined, cookies };
}

function listOf(value: string | number | readonly string[]): string[] {
  return typeof value === 'object' ? [...value] : [String(value)];
}
