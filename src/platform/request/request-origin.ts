// Origin of the current request for the audit log: set by the middleware, read where an event is
// recorded. Background work has no origin.
import { createRequestSlot } from './request-scope.ts';

export interface RequestOrigin {
  readonly requestId: string;
  readonly address: string;
  /** The user agent, truncated. */
  readonly device: string;
  /** Why an administrator does this. */
  readonly reason?: string | undefined;
}

/** Maximum length of a stored user agent, which is shown to users and stored for a long time. */
export const maxDeviceLength = 300;

export function createRequestOrigin() {
  return createRequestSlot<RequestOrigin>('origin');
}

export type RequestOriginSlot = ReturnType<typeof createRequestOrigin>;
