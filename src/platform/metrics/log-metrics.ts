// Lines that the log destination has not accepted, because its reader is stalled or its disk is full.
import type { Log } from '#platform/logging/log.ts';
import type { Metrics } from './metrics.ts';

export function collectLogMetrics(metrics: Metrics, log: Pick<Log, 'backlog'>): void {
  const dropped = metrics.gauge({
    name: 'ostiary_log_lines_dropped_total',
    help: 'Lines of the log that were dropped, because their reader is stalled or the disk is full.',
    labels: {},
    isTotal: true,
  });
  const waiting = metrics.gauge({
    name: 'ostiary_log_waiting_characters',
    help: 'Characters of the log that wait for their reader.',
    labels: {},
  });
  metrics.collect({
    source: 'log',
    gauges: [dropped, waiting],
    read: log.backlog,
    set({ droppedLines, waitingCharacters }) {
      dropped.set({}, droppedLines);
      waiting.set({}, waitingCharacters);
    },
  });
}
