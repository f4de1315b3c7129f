// The temporary level of the log: its members and bounds.
import type { LogOverride } from '#platform/logging/log-overrides.ts';

/**
 * Longest time for all requests. Debug lines of everything fill disks and describe what every user
 * does, so they end within the hour unless an operator asks again.
 */
export const maxSecondsForAll = 60 * 60;

/** Longest time for one user, client or route, which may fail once a day only. */
export const maxSecondsFiltered = 24 * 60 * 60;

export const usualSeconds = 10 * 60;

export interface StoredOverride extends LogOverride {
  readonly setAt: Date;
}
