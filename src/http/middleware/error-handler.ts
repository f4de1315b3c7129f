// The only place that turns errors into responses: OAuth JSON for protocol endpoints, problem
// details for the management API, a page for browsers. error-mapping.ts maps an error to a status.
import { STATUS_CODES } from 'node:http';
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { describeError, describeStatus, type Failure } from './error-mapping.ts';
import type { Log } from '#platform/logging/log.ts';

export interface ErrorPage {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** For the developer of the client that sent the request. */
  readonly detail?: string | undefined;
}
export type RenderError = (ctx: Context, page: ErrorPage) => unknown;

/**
 * Headers to drop from an error response, so that a failed request is not cached under the wrong
 * type and sets no session cookie.
 */
const droppedHeaders = [
  'Cache-Control',
  'Content-Encoding',
  'Content-Length',
  'Content-Type',
  'ETag',
  'Last-Modified',
  'Location',
  'Set-Cookie',
];

/**
 * RFC 6749 §5.2 and §4.1.2.1 define no more specific codes for errors raised before oidc-provider
 * runs.
 */
function oauthCode({ status }: Failure): string {
  if (status === 429 || status === 503) return 'temporarily_unavailable';
  if (status >= 500) return 'server_error';
  return status === 403 ? 'access_denied' : 'invalid_request';
}

/** RFC 6749 §5.2 excludes quotes, backslashes and non-ASCII characters from descriptions. */
function describeForOauth({ message }: Failure, ctx: Context): string {
  const text = message.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?');
  return `${text} Request ${ctx.state.requestId}.`;
}

function formatOauthError(failure: Failure, ctx: Context) {
  return { error: oauthCode(failure), error_description: describeForOauth(failure, ctx) };
}

/**
 * Problem details (RFC 9457); `code`, `requestId` and `errors` (RFC 9457 §3) are extension members.
 */
function formatProblem({ status, code, message, faults }: Failure, ctx: Context) {
  const { requestId } = ctx.state;
  return {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: message,
    code,
    requestId,
    ...(faults === undefined ? {} : { errors: faults }),
  };
}

function writeJson(ctx: Context, body: object, type = 'application/json'): void {
  ctx.body = JSON.stringify(body);
  ctx.set('Content-Type', `${type}; charset=utf-8`);
}

function setRetryAfter(ctx: Context, { retryAfterSeconds }: Failure): void {
  if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(Math.ceil(retryAfterSeconds)));
}

function writeText(ctx: Context, { message }: Failure): void {
  ctx.body = `${message}\nRequest ${ctx.state.requestId}\n`;
  ctx.set('Content-Type', 'text/plain; charset=utf-8');
}

/** Logs a server error once with its stack, and a client error at debug level only. */
function record(ctx: Context, failure: Failure, error: unknown): void {
  ctx.state.errorCode = failure.code;
  if (!failure.isOurs) {
    const line = { event: 'request.refused', errorCode: failure.code, err: error };
    return ctx.state.log.debug(line, 'request refused');
  }
  const write = failure.code === 'internal' ? ctx.state.log.error : ctx.state.log.warn;
  write({ event: 'request.failed', errorCode: failure.code, err: error }, 'request failed');
}

interface Dependencies {
  readonly log: Log;
  readonly addresses: UrlAreas;
  readonly renderError: RenderError;
}

/**
 * Handles oidc-provider's `server_error` event. oidc-provider answers 500 to any error thrown
 * inside it; this turns an outage into a 503 with Retry-After before the response is sent.
 */
export function answerProviderFailure(ctx: Context, error: unknown): void {
  const failure = describeError(error);
  record(ctx, failure, error);
  if (ctx.headerSent) return;
  ctx.status = failure.status;
  ctx.set('Cache-Control', 'no-store');
  setRetryAfter(ctx, failure);
  const isJson = typeof ctx.body === 'object' && ctx.body !== null && 'error' in ctx.body;
  if (isJson) writeJson(ctx, formatOauthError(failure, ctx));
}

export function createErrorHandler({ log, addresses, renderError }: Dependencies) {
  async function writePage(ctx: Context, failure: Failure): Promise<void> {
    const { status, code, message } = failure;
    const isForDeveloper = addresses.isFrontChannel(ctx.path ?? '/') && !failure.isOurs;
    const detail = isForDeveloper ? message : undefined;
    try {
      await renderError(ctx, { status, code, message, detail });
    } catch (err) {
      ctx.state.log.error({ event: 'page.failed', err }, 'failed to render the error page');
      writeText(ctx, failure);
    }
    ctx.status = status;
  }

  async function writeFailure(ctx: Context, failure: Failure): Promise<void> {
    for (const name of droppedHeaders) ctx.remove(name);
    ctx.status = failure.status;
    ctx.set('Cache-Control', 'no-store');
    setRetryAfter(ctx, failure);

    const area = addresses.areaOf(ctx.path ?? '/');
    const wantsJson = ctx.accepts('html', 'json') === 'json';
    const wantsPage = addresses.isFrontChannel(ctx.path ?? '/')
      ? !wantsJson
      : ctx.accepts('json', 'html') === 'html';
    if (failure.code === 'misdirected') return writeText(ctx, failure);
    if (area === 'api' || (area === 'page' && wantsJson))
      return writeJson(ctx, formatProblem(failure, ctx), 'application/problem+json');
    if (area === 'protocol' && !wantsPage) return writeJson(ctx, formatOauthError(failure, ctx));
    if (area === 'asset' || area === 'health') return writeText(ctx, failure);
    return writePage(ctx, failure);
  }

  /** Catches errors of all later handlers, and gives an error status without a body its body. */
  async function handleErrors(ctx: Context, next: Next): Promise<void> {
    try {
      await next();
      const hasNoBody = ctx.status >= 400 && (ctx.body === undefined || ctx.body === null);
      if (!hasNoBody || ctx.headerSent || ctx.respond === false) return;
      const failure = describeStatus(ctx.status);
      record(ctx, failure, undefined);
      await writeFailure(ctx, failure);
    } catch (error) {
      const failure = describeError(error);
      record(ctx, failure, error);
      if (ctx.headerSent) return void ctx.res.destroy();
      ctx.status = failure.status;
      if (ctx.writable) await writeFailure(ctx, failure);
    }
  }

  /** For Koa's `error` event: broken connections, and errors after the headers were sent. */
  function reportLateError(error: unknown, ctx?: Context): void {
    const lateLog: Log = ctx?.state.log ?? log;
    const isAborted = error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
    const write = isAborted ? lateLog.debug : lateLog.error;
    write({ event: 'response.failed', err: error }, 'failed to complete the response');
  }

  return { handleErrors, reportLateError };
}
export type ErrorHandler = ReturnType<typeof createErrorHandler>;
