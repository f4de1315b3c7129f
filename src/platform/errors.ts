// The closed list of error codes and the HTTP status of each. http/middleware/error-handler.ts
// turns them into responses; protocol errors belong to oidc-provider.

/** Every code of an AppError, with its HTTP status. */
export const errorStatus = {
  invalid_input: 400,
  expired: 400,
  session_expired: 400,
  sign_in_required: 401,
  invalid_token: 401,
  insufficient_user_authentication: 401,
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
  idempotency_key_reused: 422,
  precondition_required: 428,
  throttled: 429,
  internal: 500,
  overloaded: 503,
  mail_unavailable: 503,
  not_ready: 503,
  store_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof errorStatus;

interface AppErrorOptions {
  /** The internal reason. It is logged and never shown. */
  readonly cause?: unknown;
  /** Value of Retry-After, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** Machine-readable list of invalid members. */
  readonly faults?: readonly LocatedFault[];
}

export interface LocatedFault {
  /** JSON Pointer (RFC 6901) into the request document. */
  readonly pointer: string;
  readonly detail: string;
}

/** A broken rule. The message may be shown to the client; the cause may not. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  readonly faults: readonly LocatedFault[] | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = errorStatus[code];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.faults = options.faults;
  }
}

/** True for an AppError with this code only. */
export function isAppError(error: unknown, code: ErrorCode): error is AppError {
  return error instanceof AppError && error.code === code;
}

/** The session or credential of the request was revoked before the request could write. */
export function sessionRevoked(): AppError {
  return new AppError('session_expired', 'You were signed out meanwhile. Please sign in again.');
}
