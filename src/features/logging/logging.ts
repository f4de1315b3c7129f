// The temporary log level: its members and bounds.
import type { LogOverride } from '#platform/logging/log-overrides.ts';

/**
 * Longest time for all requests. Debug lines of all requests fill disks and record what every user does, so
 * they end within an hour unless an operator renews the override.
 */
export const maxSecondsForAll = 60 * 60;

/** Longest time for one user, client or route, because a fault may occur only once a day. */
export const maxSecondsFiltered = 24 * 60 * 60;

export const usualSeconds = 10 * 60;

export interface StoredOverride extends LogOverride {
  readonly setAt: Date;
}
