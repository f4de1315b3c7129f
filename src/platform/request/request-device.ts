// The device cookie of the current request, set by the middleware and read at sign-in. It grants no
// access; it only distinguishes known from new browsers.
import { createRequestSlot } from './request-scope.ts';

export interface RequestDevice {
  /**
   * `undefined` when the browser sent no device cookie with a valid signature. Not a getter: V8 would
   * keep it, and the request with it, until the next full garbage collection.
   */
  readId(): string | undefined;
  /** Sets the cookie with the longest lifetime that browsers permit. */
  keep(id: string): void;
}

export function createRequestDevice() {
  return createRequestSlot<RequestDevice>('device');
}

export type RequestDeviceSlot = ReturnType<typeof createRequestDevice>;
