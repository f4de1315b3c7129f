// Maps an error to a status, a code of the closed list, a message and a retry delay. The response
// format is in error-handler.ts.
import { AppError, errorStatus, type ErrorCode, type LocatedFault } from '#platform/errors.ts';

export interface Failure {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
  readonly faults?: readonly LocatedFault[] | undefined;
  /** True for a bug or an outage on our side; the error is then logged. */
  readonly isOurs: boolean;
}

const messages: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ['invalid_input', 'The request is not valid.'],
  401: ['sign_in_required', 'Please sign in first.'],
  403: ['forbidden', 'This is not allowed.'],
  404: ['not_found', 'Not found.'],
  405: ['method_not_allowed', 'This method is not supported here.'],
  408: ['timeout', 'The request took too long to arrive.'],
  409: ['conflict', 'The request conflicts with another change.'],
  413: ['too_large', 'The request is too large.'],
  414: ['too_large', 'The request target is too long.'],
  415: ['unsupported_media_type', 'This kind of content is not supported here.'],
  429: ['throttled', 'Too many requests. Please try again later.'],
  501: ['method_not_allowed', 'This method is not supported.'],
  503: ['overloaded', 'The service is busy. Please try again in a moment.'],
};

/** Default for Retry-After, in seconds, if the error does not set one. */
const defaultRetrySeconds: Readonly<Record<number, number>> = { 429: 30, 503: 5 };

const internal: Failure = {
  status: errorStatus.internal,
  code: 'internal',
  message: 'Something went wrong on our side.',
  isOurs: true,
};

/** The failure for a status without an error, as set by the router or Koa. */
export function describeStatus(status: number): Failure {
  const [code, message] = messages[status] ?? messages[status < 500 ? 400 : 0] ?? [];
  if (code === undefined || message === undefined) return internal;
  return {
    status,
    code,
    message,
    retryAfterSeconds: defaultRetrySeconds[status],
    isOurs: status >= 500,
  };
}

/** Koa and the router throw errors with a `status`; their messages are not written for clients. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

export function describeError(error: unknown): Failure {
  if (!(error instanceof AppError)) return describeStatus(statusOf(error));
  const { status, code, message, faults } = error;
  const isOurs = status >= 500;
  if (code === 'internal') return internal;
  const retryAfterSeconds = error.retryAfterSeconds ?? defaultRetrySeconds[status];
  return { status, code, message, isOurs, retryAfterSeconds, faults };
}
