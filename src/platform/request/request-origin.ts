// Where the current request comes from, for the audit: set once at the edge, read where an act is
// written down. Work that no request started has no origin.
import { createRequestSlot } from './request-scope.ts';

export interface RequestOrigin {
  readonly requestId: string;
  readonly address: string;
  /** The user agent, shortened. */
  readonly device: string;
}

/** A user agent longer than this is cut: it is shown to people and kept for long. */
export const longestDevice = 300;

export function createRequestOrigin() {
  return createRequestSlot<RequestOrigin>('origin');
}

export type RequestOriginSlot = ReturnType<typeof createRequestOrigin>;
