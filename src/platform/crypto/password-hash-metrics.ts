// Metrics of the password hashing queue, which limits how many users can sign in at a time.
import type { Metrics } from '#platform/metrics/metrics.ts';

export function collectHashQueue(metrics: Metrics, pending: () => number): void {
  const queue = metrics.gauge({
    name: 'ostiary_password_hashes_pending',
    help: 'Password hashes that are being computed or wait for a free core.',
    labels: {},
  });
  metrics.collect({
    source: 'password_hashes',
    gauges: [queue],
    read: pending,
    set: (count) => queue.set({}, count),
  });
}
