// The contexts in which oidc-provider's functions answer requests of the fast path.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Koa from 'koa';
import type { Context } from '#http/context.ts';
import { createCertificateReader } from '#http/middleware/certificates/client-certificate.ts';
import { pinOrigin } from '#http/middleware/host-validation.ts';
import { openScopeOf, type OpenedRequest } from '#http/middleware/request-id.ts';
import { basePathOf } from '#oidc/configuration.ts';
import { maxDeviceLength, type RequestOriginSlot } from '#platform/request/request-origin.ts';
import { runInOwnRequestScope } from '#platform/request/request-scope.ts';
import type { Services } from '#server/composition.ts';

export interface ContextDependencies {
  readonly app: Koa;
  readonly services: Services;
}

export interface OpenExchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly opened: OpenedRequest;
}

/** @param route oidc-provider's name of the route */
export type CreateContext = (exchange: OpenExchange, route: string) => Context;

export function createContexts({ app, services }: ContextDependencies): CreateContext {
  const { config, log, now } = services;
  const certificateOf = createCertificateReader(config, now);
  const mountPath = basePathOf(config);
  // The fast path may answer the first request of the process, which the middleware then does not see.
  pinOrigin(app.request, config.issuerUrl);
  return ({ req, res, opened }, route) => {
    const ctx = app.createContext(req, res);
    ctx.request.ip = opened.address;
    ctx.state.requestId = opened.requestId;
    ctx.state.log = log;
    if (certificateOf) ctx.state.clientCertificate = certificateOf(req);
    ctx['_matchedRouteName'] = route;
    // As koa-mount sets it; oidc-provider uses it to build the URLs that an assertion may name.
    if (mountPath !== '') ctx['mountPath'] = mountPath;
    // Koa's own setter would set headers.
    return Object.defineProperty(ctx, 'body', { value: undefined, writable: true });
  };
}

/** Runs the work in the span and scope of the request, with its fields for the log and its origin. */
export function runInScopeOf<Result>(
  { req, opened }: OpenExchange,
  origin: RequestOriginSlot,
  work: () => Promise<Result>,
): Promise<Result> {
  const { requestId, address, span } = opened;
  const run = () =>
    runInOwnRequestScope(() => {
      openScopeOf(opened);
      const device = (req.headers['user-agent'] ?? '').slice(0, maxDeviceLength);
      origin.set({ requestId, address, device });
      return work();
    });
  return span ? span.run(run) : run();
}

/** Removes the headers that an attempt has set, but not `Connection`, which a server sets while it stops. */
export function removeHeaders(res: ServerResponse): void {
  for (const name of res.getHeaderNames()) if (name !== 'connection') res.removeHeader(name);
}
