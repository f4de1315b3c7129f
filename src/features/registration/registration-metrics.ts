// Counts new accounts by the way they were created.
import type { Counter, Metrics } from '#platform/metrics/metrics.ts';

const methods = ['password', 'provider', 'operator', 'import'] as const;

const registrations = {
  name: 'ostiary_registrations_total',
  help: 'New accounts: with a password, through another provider, by an operator, by an import.',
  labels: { method: methods },
} as const;

export type RegistrationCounter = Counter<{ readonly method: (typeof methods)[number] }>;

export function createRegistrationCounter(metrics: Metrics): RegistrationCounter {
  return metrics.counter(registrations);
}
