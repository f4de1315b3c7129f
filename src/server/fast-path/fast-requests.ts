// Connects the fast path (oidc/fast-path/) to HTTP: requests that it recognizes are read and answered
// here, with the request id, headers, log line, metrics and trace of every response; all others go
// through the middleware of the application.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Koa from 'koa';
import type { Context } from '#http/context.ts';
import type { RequestMiddleware } from '#http/middleware/middleware.ts';
import type { RateLimiter } from '#http/middleware/rate-limit.ts';
import { basePathOf } from '#oidc/configuration.ts';
import {
  countFastRequests,
  type CountFastRequest,
  type FastOutcome,
} from '#oidc/fast-path/fast-path-metrics.ts';
import { DirectRefusal, type SentProof } from '#oidc/fast-path/direct/direct-request.ts';
import { createFastPath, type FastPath } from '#oidc/fast-path/fast-path.ts';
import { createAuthorizationRequests, type BrowserMiddleware } from './authorization-requests.ts';
import {
  createContexts,
  removeHeaders,
  runInScopeOf,
  type CreateContext,
  type OpenExchange,
} from './contexts.ts';
import { createRecognition, type RecognizedRequest } from './recognition.ts';
import { createReports, type Report } from './reports.ts';
import { createResponses, type Written } from './responses.ts';
import { readBasicCredentials } from '#platform/request/basic-credentials.ts';
import type { Services } from '#server/composition.ts';
import type { OidcProvider } from '#server/oidc-provider.ts';

type Handle = (req: IncomingMessage, res: ServerResponse) => unknown;

export interface FastRequestDependencies {
  readonly services: Services;
  readonly oidc: Pick<OidcProvider, 'provider' | 'jwts' | 'directAnswers' | 'authorizeDirectly'>;
  readonly edge: RequestMiddleware;
  readonly rateLimiter: RateLimiter;
  readonly app: Koa;
  /** The middleware that also runs for an authorization request that is answered directly. */
  readonly ofBrowsers: BrowserMiddleware;
}

/** Puts the fast path in front of the handler of the application, unless a setting turns it off. */
export function putFastPathInFront(given: FastRequestDependencies): void {
  const { app, services } = given;
  if (services.config.fastPath === 'off') return;
  const parts = { createContext: createContexts(given), report: createReports(given) };
  const count = countFastRequests(services.metrics);
  const dependencies = { ...given, ...parts, count };
  const answerProgram = createFastRequests(dependencies);
  const ofBrowser = createAuthorizationRequests(dependencies);
  const callback = app.callback.bind(app);
  app.callback = () => {
    const handle: Handle = callback();
    return async (req, res) => {
      // The server speaks HTTP/1.1 only.
      const exchange = [req as IncomingMessage, res as ServerResponse] as const;
      const passOn = () => handle(...exchange);
      if (ofBrowser.recognizes(exchange[0])) await ofBrowser.answer(...exchange, passOn);
      else if (!(await answerProgram(...exchange))) await passOn();
    };
  };
}

interface Parts extends FastRequestDependencies {
  readonly createContext: CreateContext;
  readonly report: Report;
  readonly count: CountFastRequest;
}

interface Exchange extends OpenExchange {
  readonly recognized: RecognizedRequest;
}

function createFastRequests(dependencies: Parts) {
  const { services, oidc, edge, rateLimiter, count } = dependencies;
  const recognize = createRecognition(services.config.issuerUrl, basePathOf(services.config));
  const fastPath = createFastPath(oidc);
  const answer = createAnswer(dependencies, fastPath);

  /**
   * True for a request that the middleware must count, and for one of a network that has sent too many wrong
   * credentials, which the middleware refuses.
   */
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

function createAnswer(dependencies: Parts, fastPath: FastPath) {
  const { services, rateLimiter, createContext, report } = dependencies;
  const { sendDirect, sendContext } = createResponses(services.config);
  const contextOf = (exchange: Exchange): Context =>
    createContext(exchange, exchange.recognized.endpoint);

  /** As the middleware does: only wrong credentials count. */
  async function countFailure({ recognized: { limit }, opened, res }: Exchange): Promise<void> {
    if (limit && res.statusCode === 401) await rateLimiter.count(limit, opened.address);
  }

  async function run(exchange: Exchange, bytes: Buffer | undefined): Promise<FastOutcome> {
    const { req, res, recognized, opened } = exchange;
    const { endpoint } = recognized;
    const form = fastPath.read(endpoint, bytes);
    if (!form) return 'passed_on';
    const { requestId } = opened;
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
    const { method, route } = exchange.recognized;
    report(exchange, { ...written, method, route, errorCode });
  }

  return (exchange: Exchange, form: Buffer | undefined): Promise<FastOutcome> =>
    runInScopeOf(exchange, services.requestOrigin, () => run(exchange, form));
}

/** The header is not repeated (recognition.ts). */
function proofIn({ req, res, recognized: { method } }: Exchange): SentProof | undefined {
  const { dpop: jwt } = req.headers;
  if (typeof jwt !== 'string') return undefined;
  return { jwt, method, setHeader: (name, value) => void res.setHeader(name, value) };
}

/** The middleware refuses credentials that cannot be read. */
function isReadable(authorization: string | undefined): boolean {
  return authorization === undefined || readBasicCredentials(authorization) !== undefined;
}
