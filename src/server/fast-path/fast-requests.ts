// Connects the fast path (oidc/fast-path/) to HTTP: requests that it recognizes are read and answered
// here, with the request id, headers, log line, metrics and trace of every response; all others go
// through the middleware of the application.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Koa from 'koa';
import type { Config } from '#config/config.ts';
import type { Context } from '#http/context.ts';
import { createCertificateReader } from '#http/middleware/certificates/client-certificate.ts';
import type { RequestMiddleware } from '#http/middleware/middleware.ts';
import type { RateLimiter } from '#http/middleware/rate-limit.ts';
import { openScopeOf, type OpenedRequest } from '#http/middleware/request-id.ts';
import { headersForPrograms } from '#http/middleware/security-headers.ts';
import { basePathOf } from '#oidc/configuration.ts';
import { countFastRequests } from '#oidc/fast-path/fast-path-metrics.ts';
import { createFastPath, type FastPath } from '#oidc/fast-path/fast-path.ts';
import { createRecognition, type RecognizedRequest } from './recognition.ts';
import type { FastEndpoint } from '#oidc/patches/handlers/endpoint-steps.ts';
import { maxDeviceLength } from '#platform/request/request-origin.ts';
import { runInOwnRequestScope } from '#platform/request/request-scope.ts';
import type { Services } from '#server/composition.ts';
import type { OidcProvider } from '#server/oidc-provider.ts';

type Handle = (req: IncomingMessage, res: ServerResponse) => unknown;

export interface FastRequestDependencies {
  readonly services: Services;
  readonly oidc: Pick<OidcProvider, 'provider' | 'jwts'>;
  readonly edge: RequestMiddleware;
  readonly rateLimiter: RateLimiter;
  readonly app: Koa;
}

/** Puts the fast path in front of the handler of the application, unless a setting turns it off. */
export function putFastPathInFront(dependencies: FastRequestDependencies): void {
  const { app, services } = dependencies;
  if (services.config.fastPath === 'off') return;
  const answerFast = createFastRequests(dependencies);
  const callback = app.callback.bind(app);
  app.callback = () => {
    const handle: Handle = callback();
    return async (req, res) => {
      // The server speaks HTTP/1.1 only.
      const exchange = [req as IncomingMessage, res as ServerResponse] as const;
      const isAnswered = await answerFast(...exchange);
      if (!isAnswered) await handle(...exchange);
    };
  };
}

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly recognized: RecognizedRequest;
  readonly opened: OpenedRequest;
}

function createFastRequests(dependencies: FastRequestDependencies) {
  const { services, oidc, edge, rateLimiter } = dependencies;
  const recognize = createRecognition(services.config.issuerUrl, basePathOf(services.config));
  const fastPath = createFastPath(oidc);
  const count = countFastRequests(services.metrics);
  const answer = createAnswer(dependencies, fastPath);

  /** The middleware counts requests, and refuses a network that sent too many wrong credentials. */
  function isLimited({ recognized: { limit }, opened }: Exchange): boolean {
    if (!limit) return false;
    return !limit.failuresOnly || rateLimiter.isExhausted(limit, opened.address);
  }

  async function attempt(exchange: Exchange): Promise<boolean> {
    const { req, res, recognized } = exchange;
    let isAnswered = false;
    try {
      const form = recognized.hasForm ? await edge.collect(req) : undefined;
      isAnswered = await answer(exchange, form);
    } catch (error) {
      if (res.headersSent) throw error;
    }
    if (!isAnswered) removeHeaders(res);
    return isAnswered;
  }

  return async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const recognized = recognize(req);
    if (!recognized) return false;
    const opened = edge.open(req);
    const exchange = { req, res, recognized, opened };
    const isAnswered = !isLimited(exchange) && (await attempt(exchange));
    count(recognized.endpoint, isAnswered ? 'answered' : 'passed_on');
    return isAnswered;
  };
}

function createAnswer(dependencies: FastRequestDependencies, fastPath: FastPath) {
  const { services, edge, app, rateLimiter } = dependencies;
  const headers = createHeaders(services.config);
  const certificateOf = createCertificateReader(services.config);

  function contextOf({ req, res, opened, recognized }: Exchange): Context {
    const ctx = app.createContext(req, res);
    ctx.request.ip = opened.address;
    ctx.state.requestId = opened.requestId;
    // The log of the process adds the fields of the scope.
    ctx.state.log = services.log;
    if (certificateOf) ctx.state.clientCertificate = certificateOf(req);
    ctx['_matchedRouteName'] = recognized.endpoint;
    // Koa would set headers.
    return Object.defineProperty(ctx, 'body', { value: undefined, writable: true });
  }

  /** As the middleware does: only wrong credentials count. */
  async function countFailure({ recognized: { limit }, opened, res }: Exchange): Promise<void> {
    if (limit && res.statusCode === 401) await rateLimiter.count(limit, opened.address);
  }

  async function run(exchange: Exchange, form: Buffer | undefined): Promise<boolean> {
    const { req, res, recognized, opened } = exchange;
    openScopeOf(opened);
    const { requestId, address } = opened;
    const device = (req.headers['user-agent'] ?? '').slice(0, maxDeviceLength);
    services.requestOrigin.set({ requestId, address, device });
    const ctx = contextOf(exchange);
    if (!(await fastPath(ctx, { endpoint: recognized.endpoint, form }))) return false;
    await countFailure(exchange);
    reportWhenClosed(exchange, ctx, send(res, ctx, headers[recognized.endpoint]));
    return true;
  }

  function reportWhenClosed({ res, recognized, opened }: Exchange, ctx: Context, written: Written) {
    const { method, route } = recognized;
    const { address, startedAt } = opened;
    const { errorCode, log } = ctx.state;
    const answer = { res, log, method, route, errorCode, address, startedAt, ...written };
    const report = () => edge.report(answer);
    if (res.closed) report();
    // The event belongs to the connection and would run outside the scope of the request.
    else res.once('close', AsyncLocalStorage.bind(report));
  }

  return (exchange: Exchange, form: Buffer | undefined): Promise<boolean> => {
    const { span } = exchange.opened;
    const work = () => runInOwnRequestScope(() => run(exchange, form));
    return span ? span.run(work) : work();
  };
}

/** Those of an attempt; that of a server that stops (`Connection`) remains. */
function removeHeaders(res: ServerResponse): void {
  for (const name of res.getHeaderNames()) if (name !== 'connection') res.removeHeader(name);
}

type Headers = Readonly<Record<string, string>>;

/** As oidc-provider's CORS middleware sets them for a request without an Origin header. */
function createHeaders({ issuer }: Config): Readonly<Record<FastEndpoint, Headers>> {
  const shared = {
    ...Object.fromEntries(headersForPrograms(issuer)),
    Vary: 'Origin',
    'Access-Control-Allow-Origin': '*',
    'Content-Type': 'application/json; charset=utf-8',
  };
  const exposing = (names: string) => ({ ...shared, 'Access-Control-Expose-Headers': names });
  return {
    introspection: exposing('WWW-Authenticate'),
    token: exposing('DPoP-Nonce,WWW-Authenticate'),
    userinfo: exposing('DPoP-Nonce,WWW-Authenticate'),
  };
}

interface Written {
  readonly status: number;
  readonly bytes: number;
}

function send(res: ServerResponse, ctx: Context, headers: Headers): Written {
  const { body } = ctx;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const status = res.statusCode;
  const bytes = Buffer.byteLength(text);
  const own = { 'X-Request-Id': ctx.state.requestId, 'Content-Length': String(bytes) };
  res.writeHead(status, { ...headers, ...own });
  // Node sends a text and the headers with one system call, bytes with two.
  res.end(text);
  return { status, bytes };
}
