// Metrics of the outbox: the number and age of pending jobs, read from the table, and the results of
// deliveries.
import type { Counter, Metrics } from '#platform/metrics/metrics.ts';
import type { Backlog } from './outbox-backlog.store.ts';
import type { OutboxKind } from '#core/outbox/outbox.store.ts';

const kinds = [
  'mail',
  'backchannel_logout',
  'webhook',
  'signal',
  'backchannel_ping',
] as const satisfies readonly OutboxKind[];
const outcomes = ['sent', 'postponed', 'given_up'] as const;

export type DeliveryCounter = Counter<{
  readonly kind: OutboxKind;
  readonly outcome: (typeof outcomes)[number];
}>;

export function createDeliveryCounter(metrics: Metrics): DeliveryCounter {
  return metrics.counter({
    name: 'ostiary_outbox_deliveries_total',
    help: 'Attempts to deliver a job: sent, postponed after a failure, or given up.',
    labels: { kind: kinds, outcome: outcomes },
  });
}

export function collectBacklog(metrics: Metrics, read: () => Promise<readonly Backlog[]>): void {
  const jobs = metrics.gauge({
    name: 'ostiary_outbox_jobs',
    help: 'Jobs in the outbox: pending, and failed permanently.',
    labels: { kind: kinds, state: ['pending', 'dead'] },
    across: 'first',
  });
  const age = metrics.gauge({
    name: 'ostiary_outbox_oldest_job_age_seconds',
    help: 'Age of the oldest pending job; 0 without one.',
    labels: { kind: kinds },
    across: 'first',
  });
  metrics.collect({
    source: 'outbox',
    isShared: true,
    gauges: [jobs, age],
    read,
    set(rows) {
      for (const kind of kinds) {
        const row = rows.find((each) => each.kind === kind);
        jobs.set({ kind, state: 'pending' }, row?.pending ?? 0);
        jobs.set({ kind, state: 'dead' }, row?.dead ?? 0);
        age.set({ kind }, row?.oldestSeconds ?? 0);
      }
    },
  });
}
