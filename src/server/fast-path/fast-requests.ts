// Connects the fast path (oidc/fast-path/) to HTTP: requests that it recognizes are read and answered
// here, with the request id, headers, log line, metrics and trace of every response; all others go
// through the middleware of the application.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Koa from 'koa';
import type { Context } from '#http/context.ts';
import { fixHost } from '#http/middleware/host-validation.ts';
import { createCertificateReader } from '#http/middleware/certificates/client-certificate.ts';
import type { RequestMiddleware } from '#http/middleware/middleware.ts';
import type { RateLimiter } from '#http/middleware/rate-limit.ts';
import { openScopeOf, type OpenedRequest } from '#http/middleware/request-id.ts';
import { basePathOf } from '#oidc/configuration.ts';
import { countFastRequests, type FastOutcome } from '#oidc/fast-path/fast-path-metrics.ts';
import { DirectRefusal, type SentProof } from '#oidc/fast-path/direct/direct-request.ts';
import { createFastPath, type FastPath } from '#oidc/fast-path/fast-path.ts';
import { createRecognition, type RecognizedRequest } from './recognition.ts';
import { createResponses, type Written } from './responses.ts';
import { readBasicCredentials } from '#platform/request/basic-credentials.ts';
import { maxDeviceLength } from '#platform/request/request-origin.ts';
import { keepContext } from '#platform/request/async-context.ts';
import { bindToRequestScope, runInOwnRequestScope } from '#platform/request/request-scope.ts';
import type { Services } from '#server/composition.ts';
import type { OidcProvider } from '#server/oidc-provider.ts';

type Handle = (req: IncomingMessage, res: ServerResponse) => unknown;

export interface FastRequestDependencies {
  readonly services: Services;
  readonly oidc: Pick<OidcProvider, 'provider' | 'jwts' | 'directAnswers'>;
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

  async function attempt(exchange: Exchange): Promise<FastOutcome> {
    const { req, res, recognized } = exchange;
    let outcome: FastOutcome = 'passed_on';
    try {
      const form = recognized.hasForm ? await edge.collect(req) : undefined;
      outcome = await answer(exchange, form);
    } catch (error) {
      if (res.headersSent) throw error;
    }
    if (outcome === 'passed_on') removeHeaders(res);
    return outcome;
  }

  return async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const recognized = recognize(req);
    if (!recognized) return false;
    const opened = edge.open(req);
    const exchange = { req, res, recognized, opened };
    const outcome = isLimited(exchange) ? 'passed_on' : await attempt(exchange);
    count(recognized.endpoint, outcome);
    return outcome !== 'passed_on';
  };
}

function createAnswer(dependencies: FastRequestDependencies, fastPath: FastPath) {
  const { services, edge, rateLimiter } = dependencies;
  const { sendDirect, sendContext } = createResponses(services.config);
  const contextOf = createContexts(dependencies);

  /** As the middleware does: only wrong credentials count. */
  async function countFailure({ recognized: { limit }, opened, res }: Exchange): Promise<void> {
    if (limit && res.statusCode === 401) await rateLimiter.count(limit, opened.address);
  }

  async function run(exchange: Exchange, bytes: Buffer | undefined): Promise<FastOutcome> {
    const { req, res, recognized, opened } = exchange;
    const { endpoint } = recognized;
    const form = fastPath.read(endpoint, bytes);
    if (!form) return 'passed_on';
    openScopeOf(opened);
    const { requestId, address } = opened;
    const device = (req.headers['user-agent'] ?? '').slice(0, maxDeviceLength);
    services.requestOrigin.set({ requestId, address, device });
    const { authorization } = req.headers;
    const proof = proofIn(exchange);
    const request = { endpoint, form };
    try {
      const body = await fastPath.answerDirectly(request, { authorization, proof });
      if (body) {
        reportWhenClosed(exchange, sendDirect(res, { endpoint, requestId, body }));
        return 'direct';
      }
    } catch (error) {
      if (!(error instanceof DirectRefusal)) throw error;
      const ctx = contextOf(exchange);
      await fastPath.refuse(ctx, request, error.cause);
      return finish(exchange, ctx);
    }
    if (proof || (endpoint !== 'userinfo' && !isReadable(authorization))) return 'passed_on';
    const ctx = contextOf(exchange);
    return (await fastPath.answer(ctx, request)) ? finish(exchange, ctx) : 'passed_on';
  }

  async function finish(exchange: Exchange, ctx: Context): Promise<FastOutcome> {
    const { res, recognized } = exchange;
    await countFailure(exchange);
    reportWhenClosed(exchange, sendContext(res, recognized.endpoint, ctx), ctx.state.errorCode);
    return 'answered';
  }

  function reportWhenClosed(exchange: Exchange, written: Written, errorCode?: string): void {
    const { res, recognized, opened } = exchange;
    const { method, route } = recognized;
    const { address, startedAt, span } = opened;
    // The log of the process adds the fields of the scope.
    const answer = { res, log: services.log, method, route, errorCode, address, startedAt };
    const report = () => edge.report({ ...answer, ...written });
    if (res.closed) report();
    // The event belongs to the connection and would run outside the scope of the request.
    else res.once('close', span ? keepContext(report) : bindToRequestScope(report));
  }

  return (exchange: Exchange, form: Buffer | undefined): Promise<FastOutcome> => {
    const { span } = exchange.opened;
    const work = () => runInOwnRequestScope(() => run(exchange, form));
    return span ? span.run(work) : work();
  };
}

/** The header is single (recognition.ts). */
function proofIn({ req, res, recognized: { method } }: Exchange): SentProof | undefined {
  const { dpop: jwt } = req.headers;
  if (typeof jwt !== 'string') return undefined;
  return { jwt, method, setHeader: (name, value) => void res.setHeader(name, value) };
}

/** Other credentials are refused by the middleware. */
function isReadable(authorization: string | undefined): boolean {
  return authorization === undefined || readBasicCredentials(authorization) !== undefined;
}

/** Creates the contexts in which oidc-provider's functions answer. */
function createContexts({ app, services }: FastRequestDependencies) {
  const certificateOf = createCertificateReader(services.config, services.now);
  const mountPath = basePathOf(services.config);
  // The middleware does so with its first request, which can come later.
  fixHost(app.request, services.config.issuerUrl);
  return ({ req, res, opened, recognized }: Exchange): Context => {
    const ctx = app.createContext(req, res);
    ctx.request.ip = opened.address;
    ctx.state.requestId = opened.requestId;
    ctx.state.log = services.log;
    if (certificateOf) ctx.state.clientCertificate = certificateOf(req);
    ctx['_matchedRouteName'] = recognized.endpoint;
    // From which oidc-provider builds the URLs that an assertion may name, as koa-mount sets it.
    if (mountPath !== '') ctx['mountPath'] = mountPath;
    // Koa would set headers.
    return Object.defineProperty(ctx, 'body', { value: undefined, writable: true });
  };
}

/** Those of an attempt; that of a server that stops (`Connection`) remains. */
function removeHeaders(res: ServerResponse): void {
  for (const name of res.getHeaderNames()) if (name !== 'connection') res.removeHeader(name);
}
