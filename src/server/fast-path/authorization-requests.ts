// Authorization requests of browsers that return with a live session: recognized, read and answered
// in front of the middleware, with the headers, log line, metrics and trace of every redirect.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Handler } from '#http/context.ts';
import type { RequestMiddleware } from '#http/middleware/middleware.ts';
import type { RateLimiter } from '#http/middleware/rate-limit.ts';
import { findProtocolLimit } from '#http/rate-limit/protocol-limits.ts';
import { basePathOf, routes } from '#oidc/configuration.ts';
import { readAuthorizationQuery } from '#oidc/fast-path/authorization/checked-parameters.ts';
import type { CountFastRequest } from '#oidc/fast-path/fast-path-metrics.ts';
import type { Form } from '#oidc/fast-path/form.ts';
import { DatabaseOutage, noteOutage } from '#oidc/adapters/database-outage.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';
import { runInOwnRequestScope } from '#platform/request/request-scope.ts';
import type { Services } from '#server/composition.ts';
import type { OidcProvider } from '#server/oidc-provider.ts';
import { removeHeaders, runInScopeOf, type CreateContext, type OpenExchange } from './contexts.ts';
import { createNavigationCheck } from './navigation.ts';
import type { Report } from './reports.ts';
import { createRedirects } from './responses.ts';

/** Middleware that reads or copies cookies of the browser, and the style sheets that pages permit. */
export interface BrowserMiddleware {
  readonly identifyDevice: Handler;
  /** Absent without FedCM. */
  readonly followSession: Handler | undefined;
  /** Digests of style sheets, for the content security policy. */
  readonly styleDigests: readonly string[];
}

export interface AuthorizationRequestDependencies {
  readonly services: Services;
  readonly oidc: Pick<OidcProvider, 'authorizeDirectly'>;
  readonly edge: Pick<RequestMiddleware, 'open'>;
  readonly rateLimiter: RateLimiter;
  readonly ofBrowsers: BrowserMiddleware;
  readonly createContext: CreateContext;
  readonly report: Report;
  readonly count: CountFastRequest;
}

/** Leaves the request to the middleware. */
type PassOn = () => unknown;
type Unanswered = DatabaseOutage | undefined;

const method = 'GET';
const route = routes.authorization;
const limit = findProtocolLimit(method, route, 0);

export function createAuthorizationRequests(dependencies: AuthorizationRequestDependencies) {
  const { services, edge, rateLimiter, count } = dependencies;
  const { issuerUrl } = services.config;
  const start = `${basePathOf(services.config)}${route}?`;
  const isUsual = createNavigationCheck(issuerUrl);
  const answer = createAnswer(dependencies);

  /** True if answered, otherwise the outage that prevented it, if there was one. */
  async function attempt(exchange: OpenExchange, form: Form): Promise<true | Unanswered> {
    const { res } = exchange;
    const work = () => answer(exchange, form);
    let outage: DatabaseOutage | undefined;
    try {
      if (await runInScopeOf(exchange, services.requestOrigin, work)) return true;
    } catch (error) {
      if (res.headersSent) throw error;
      if (error instanceof DatabaseOutage) outage = error;
    }
    removeHeaders(res);
    return outage;
  }

  return {
    /** By the method and path only; `answer` examines the headers. */
    recognizes: ({ method: sent, url = '' }: IncomingMessage): boolean =>
      sent === method && url.startsWith(start),
    async answer(req: IncomingMessage, res: ServerResponse, passOn: PassOn): Promise<void> {
      const { url = '' } = req;
      const form = isUsual(req) ? readAuthorizationQuery(url.slice(start.length)) : undefined;
      if (!form) return void (await passOn());
      const opened = edge.open(req);
      const isExhausted = limit !== undefined && rateLimiter.isExhausted(limit, opened.address);
      const outcome = isExhausted ? undefined : await attempt({ req, res, opened }, form);
      count('authorization', outcome === true ? 'direct' : 'passed_on');
      if (outcome === undefined) await passOn();
      if (outcome instanceof DatabaseOutage) await passOnWith(outcome, passOn);
    },
  };
}

/** Passes the outage on as well, because a second attempt would wait for the database as long as the first. */
function passOnWith(outage: DatabaseOutage, passOn: PassOn): unknown {
  return runInOwnRequestScope(() => {
    noteOutage(outage);
    return passOn();
  });
}

function createAnswer(dependencies: AuthorizationRequestDependencies) {
  const { services, oidc, rateLimiter, createContext, report } = dependencies;
  const { identifyDevice, followSession, styleDigests } = dependencies.ofBrowsers;
  const { config } = services;
  const { name: impersonationCookie } = ownCookie(config.issuerUrl, 'impersonation');
  const sendRedirect = createRedirects(config.issuer, styleDigests);

  async function redirectOf(ctx: Context, form: Form): Promise<string | undefined> {
    // What an administrator who is signed in as a user may do is decided by the middleware.
    if (ctx.cookies.get(impersonationCookie, { signed: false }) !== undefined) return undefined;
    await identifyDevice(ctx, nothing);
    const admit = async () => limit === undefined || rateLimiter.admit(limit, ctx);
    const redirect = await oidc.authorizeDirectly({ ctx, form, admit });
    if (!redirect) return undefined;
    ctx.append('Set-Cookie', [...redirect.cookies]);
    await followSession?.(ctx, nothing);
    return redirect.location;
  }

  return async (exchange: OpenExchange, form: Form): Promise<boolean> => {
    const ctx = createContext(exchange, 'authorization');
    // Koa would parse the query again.
    Object.defineProperty(ctx, 'query', { value: form });
    const location = await redirectOf(ctx, form);
    if (location === undefined) return false;
    const written = sendRedirect(ctx, location);
    report(exchange, { ...written, method, route });
    return true;
  };
}

const nothing = async (): Promise<void> => undefined;
