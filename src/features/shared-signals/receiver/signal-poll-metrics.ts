// Counts polls for signals of identity providers, by result. The log names the provider.
import type { Counter, Metrics } from '#platform/metrics/metrics.ts';

const outcomes = ['succeeded', 'failed'] as const;

const signalPolls = {
  name: 'ostiary_signal_polls_total',
  help: 'Polls of identity providers for their Shared Signals.',
  labels: { outcome: outcomes },
} as const;

export type SignalPollCounter = Counter<{ readonly outcome: (typeof outcomes)[number] }>;

export function createSignalPollCounter(metrics: Metrics): SignalPollCounter {
  return metrics.counter(signalPolls);
}
