// Origin of the current request for the audit log: set by the middleware, read where an event is
// recorded. Background work has no origin.
import { createRequestSlot } from './request-scope.ts';

export interface RequestOrigin {
  readonly requestId: string;
  readonly address: string;
  /** The user agent, truncated. */
  readonly device: string;
  /** The reason that an administrator gave. */
  readonly reason?: string | undefined;
  /** Present if the request acts in the session of an impersonation. */
  readonly impersonation?: RequestImpersonation | undefined;
}

/** An administrator who is signed in as a user. */
export interface RequestImpersonation {
  readonly administratorId: string;
  readonly userId: string;
  /** The id of the impersonation, if the browser has its cookie. */
  readonly cookieId?: string | undefined;
}

/** Maximum length of a stored user agent, which is shown to users and stored for a long time. */
export const maxDeviceLength = 300;

export function createRequestOrigin() {
  return createRequestSlot<RequestOrigin>('origin');
}

export type RequestOriginSlot = ReturnType<typeof createRequestOrigin>;

/** The audit log records the reason with every event of this request. */
export function noteReason(slot: RequestOriginSlot, reason: string | undefined): void {
  const origin = slot.get();
  if (origin && reason !== undefined) slot.set({ ...origin, reason });
}

/** From then on, the audit log names the administrator in every event of this request about the user. */
export function noteImpersonation(slot: RequestOriginSlot, by: RequestImpersonation): void {
  const { administratorId, userId, cookieId } = by;
  const origin = slot.get();
  if (!origin || origin.impersonation) return;
  slot.set({ ...origin, impersonation: { administratorId, userId, cookieId } });
}
