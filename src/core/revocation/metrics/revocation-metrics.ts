// Counts blocks, measures how long they take, and counts the sessions that revocations end.
import type { AuditEvent } from '#core/audit/audit.ts';
import { createEndedSessionCounter, endCauseOf } from '#core/sessions/metrics/session-metrics.ts';
import { requestBuckets, type Metrics } from '#platform/metrics/metrics.ts';
import type { Receipt, ReceiptPart } from '#core/revocation/receipts.ts';

const subjects = ['user', 'client'] as const;

const blocks = {
  name: 'ostiary_blocks_total',
  help: 'Users and clients that were blocked.',
  labels: { subject: subjects },
} as const;

const durations = {
  name: 'ostiary_block_duration_seconds',
  help: 'Time from the request to block until the commit, and until all nodes were informed.',
  labels: { subject: subjects },
  buckets: requestBuckets,
} as const;

const subjectOfEvent: Readonly<Partial<Record<AuditEvent, (typeof subjects)[number]>>> = {
  'user.blocked': 'user',
  'client.blocked': 'client',
};

export type RevocationMetrics = ReturnType<typeof createRevocationMetrics>;

export function createRevocationMetrics(metrics: Metrics) {
  const ended = createEndedSessionCounter(metrics);
  const count = metrics.counter(blocks);
  const duration = metrics.histogram(durations);

  function countSessions(event: AuditEvent, parts: readonly ReceiptPart[]): void {
    const sessions = parts.filter(({ kind }) => kind === 'sessions');
    const total = sessions.reduce((sum, part) => sum + part.count, 0);
    if (total > 0) ended.add({ cause: endCauseOf(event) }, total);
  }

  return {
    countSessions,
    /** A revocation that was committed and published. */
    note(event: AuditEvent, { parts, milliseconds }: Receipt): void {
      countSessions(event, parts);
      const subject = subjectOfEvent[event];
      if (subject === undefined) return;
      count.add({ subject });
      duration.observe({ subject }, milliseconds / 1000);
    },
  };
}
