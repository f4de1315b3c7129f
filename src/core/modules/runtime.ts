// The dependencies of every module: the configuration, the clock, the log and the connections of this
// process.
import type { Config } from '#config/config.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { InvalidationChannel } from '#platform/invalidation/invalidation-channel.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Metrics } from '#platform/metrics/metrics.ts';
import type { Observation } from '#platform/observation/observation.ts';
import type { RequestDeviceSlot } from '#platform/request/request-device.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

export interface Runtime {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
  readonly db: Database;
  readonly shortLived: ShortLivedStore;
  /** Channels for cache invalidation between nodes; the first that works is used. */
  readonly channels: readonly InvalidationChannel[];
  readonly keyring: Keyring;
  readonly metrics: Metrics;
  /** Reports the operations that this process waits for; metrics and traces subscribe to it. */
  readonly observation: Observation;
  /** Address and device of the current request, for sessions and the audit log. */
  readonly requestOrigin: RequestOriginSlot;
  /** The device cookie of the current request. */
  readonly requestDevice: RequestDeviceSlot;
}
