// The device that the current request comes from, as its browser names it: set once at the edge,
// read where somebody signs in. It opens no door; it only tells a known browser from a new one.
import { createRequestSlot } from './request-scope.ts';

export interface RequestDevice {
  /** `undefined`: the browser has no name of ours yet, or not one that we signed. */
  readonly id: string | undefined;
  /** Has the browser keep it, for as long as browsers keep anything. */
  keep(id: string): void;
}

export function createRequestDevice() {
  return createRequestSlot<RequestDevice>('device');
}

export type RequestDeviceSlot = ReturnType<typeof createRequestDevice>;
