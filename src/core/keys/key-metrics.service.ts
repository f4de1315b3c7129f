// The age of the signing keys, so that a rotation that does not happen is noticed.
import type { Metrics } from '#platform/metrics/metrics.ts';
import { knownAlgorithms, type SigningAlgorithm, type SigningKeyState } from './signing-keys.ts';

const statuses = ['next', 'active', 'retiring'] as const;

export interface KeyMetricsDependencies {
  readonly metrics: Metrics;
  readonly list: () => Promise<readonly SigningKeyState[]>;
  readonly now: () => Date;
}

export function collectKeyAge({ metrics, list, now }: KeyMetricsDependencies): void {
  const age = metrics.gauge({
    name: 'ostiary_signing_key_age_seconds',
    help: 'Age of the oldest signing key of an algorithm in a state, except retired keys.',
    labels: { alg: knownAlgorithms, status: statuses },
    across: 'first',
  });
  metrics.collect({
    source: 'signing_keys',
    isShared: true,
    gauges: [age],
    read: list,
    set(keys) {
      for (const alg of knownAlgorithms) {
        for (const status of statuses) setAge(keys, alg, status);
      }
    },
  });

  function setAge(
    keys: readonly SigningKeyState[],
    alg: SigningAlgorithm,
    status: (typeof statuses)[number],
  ): void {
    const created = keys
      .filter((key) => key.alg === alg && key.status === status)
      .map(({ createdAt }) => createdAt.getTime());
    if (created.length === 0) return;
    age.set({ alg, status }, Math.max(0, now().getTime() - Math.min(...created)) / 1000);
  }
}
