// The middleware that every request passes first, in this order. Handlers behind it can rely on one
// host, one spelling per URL, well-formed text, bodies of bounded size and handled errors.
import { createUrlAreas } from '#http/url-areas.ts';
import type { Context, Handler, Next } from '#http/context.ts';
import { answerProviderFailure, createErrorHandler, type RenderError } from './error-handler.ts';
import { createHealth, type Probe } from './health.ts';
import { createAnswerReport, createRequestLog, type Answered } from './request-log.ts';
import { createSecurityHeaders } from './security-headers.ts';
import type { Log } from '#platform/logging/log.ts';
import type { RequestTracing } from '#platform/tracing/tracing.ts';
import {
  createBodyCollection,
  defaultBodyLimits,
  drainRequest,
  type BodyLimits,
} from '#http/request/body-bytes.ts';
import { createClientAddress } from './client-address.ts';
import { omitTypeOfEmptyBody } from '#http/request/empty-body.ts';
import { createHostPin, type OtherOrigin } from './host-validation.ts';
import {
  createPublicDocuments,
  type PublishedKeys,
  type PublishedTypes,
} from './discovery-cache.ts';
import { createBodyReader } from '#http/request/request-body.ts';
import { createRequestId, createRequestOpening } from './request-id.ts';
import { createTargetCheck } from '#http/request/request-target.ts';

export interface EdgeDependencies {
  readonly issuer: string;
  /** Addresses or networks whose X-Forwarded-For and X-Request-Id are trusted; usually empty. */
  readonly trustedProxies: readonly string[];
  readonly log: Log;
  readonly renderError: RenderError;
  readonly probes: readonly Probe[];
  readonly isStopping: () => boolean;
  /** Digests of style sheets, for the content security policy. */
  readonly styleDigests?: readonly string[];
  readonly publishedKeys?: PublishedKeys | undefined;
  readonly publishedTypes?: PublishedTypes | undefined;
  readonly bodyLimits?: BodyLimits;
  /** Time after which a probe counts as failed. */
  readonly probeTimeoutMs?: number;
  /** Called after each response, for metrics. */
  readonly answered?: (answered: Answered) => void;
  readonly tracing?: RequestTracing | undefined;
  /** The origin at which clients present certificates, if it is not the issuer's. */
  readonly certificateOrigin?: OtherOrigin | undefined;
}

export function createRequestMiddleware(dependencies: EdgeDependencies) {
  const { issuer, trustedProxies, log, renderError, probes, isStopping } = dependencies;
  const { bodyLimits: limits = defaultBodyLimits, probeTimeoutMs: timeoutMs = 1_000 } =
    dependencies;
  const addresses = createUrlAreas(issuer);
  const errors = createErrorHandler({ log, addresses, renderError });
  const clients = createClientAddress({ trustedProxies });
  const open = createRequestOpening({ clients, tracing: dependencies.tracing });
  const report = createAnswerReport(dependencies.answered);
  const collect = createBodyCollection(limits);
  const documents = createPublicDocuments({
    addresses,
    publishedKeys: dependencies.publishedKeys,
    publishedTypes: dependencies.publishedTypes,
  });

  async function drainUnread(ctx: Context, next: Next): Promise<void> {
    await next();
    const isRead = ctx.req.complete || (await drainRequest(ctx.req, limits));
    if (!isRead && !ctx.headerSent) ctx.set('Connection', 'close');
  }

  const middleware: readonly Handler[] = [
    createRequestId({ open, log }),
    createRequestLog({ addresses, open, report }),
    omitTypeOfEmptyBody,
    createSecurityHeaders({ issuer, addresses, styleDigests: dependencies.styleDigests }),
    drainUnread,
    errors.handleErrors,
    createHealth({ addresses, log, probes, isStopping, timeoutMs }),
    createHostPin({ issuer, other: dependencies.certificateOrigin }),
    createTargetCheck({ addresses }),
    createBodyReader({ addresses, collect }),
    documents.servePublicDocuments,
  ];

  return {
    middleware,
    addresses,
    /** For requests that are answered before the middleware runs. */
    open,
    collect,
    report,
    documents,
    /** For oidc-provider's `server_error` event. */
    answerProviderFailure,
    /** For `app.on('error', ...)`. */
    reportLateError: errors.reportLateError,
  };
}
export type RequestMiddleware = ReturnType<typeof createRequestMiddleware>;
