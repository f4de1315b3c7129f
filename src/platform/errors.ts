// The closed list of rules that can be broken, and the HTTP status each one means. It leaves to
// http/middleware/error-handler.ts what the reader sees, and protocol errors to oidc-provider.

/** Every code an AppError may carry, with its HTTP status. */
export const errorStatus = {
  invalid_input: 400,
  expired: 400,
  session_expired: 400,
  sign_in_required: 401,
  invalid_token: 401,
  forbidden: 403,
  insufficient_scope: 403,
  cross_site: 403,
  registration_closed: 403,
  not_found: 404,
  client_not_found: 404,
  user_not_found: 404,
  method_not_allowed: 405,
  timeout: 408,
  conflict: 409,
  email_taken: 409,
  too_large: 413,
  unsupported_media_type: 415,
  precondition_failed: 412,
  misdirected: 421,
  weak_password: 422,
  ambiguous_subject: 422,
  precondition_required: 428,
  throttled: 429,
  internal: 500,
  overloaded: 503,
  store_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof errorStatus;

interface AppErrorOptions {
  /** The reason for us; it is logged and never shown. */
  readonly cause?: unknown;
  /** Becomes Retry-After, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** What is wrong, place by place, for programs. */
  readonly faults?: readonly PlacedFault[];
}

export interface PlacedFault {
  /** RFC 6901, of the document that was sent. */
  readonly pointer: string;
  readonly detail: string;
}

/** A broken rule. The message is fit for the reader of the response; the cause is not. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  readonly faults: readonly PlacedFault[] | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = errorStatus[code];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.faults = options.faults;
  }
}

/** True for that broken rule, and for no other error. */
export function isAppError(error: unknown, code: ErrorCode): error is AppError {
  return error instanceof AppError && error.code === code;
}

/** The request came with a session or a proof that was revoked before its write. */
export function sessionRevoked(): AppError {
  return new AppError('session_expired', 'You were signed out meanwhile. Please sign in again.');
}
