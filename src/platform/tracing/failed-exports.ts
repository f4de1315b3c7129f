// Spans that a collector does not accept are lost, and nothing waits for them. The log reports this at most
// once a minute.
import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Log } from '#platform/logging/log.ts';

const reportEveryMilliseconds = 60_000;

/** Wraps an exporter, so that the SDK never sees a failure. */
export function reportFailures(
  exporter: SpanExporter,
  log: Log,
  clock: () => number = () => performance.now(),
): SpanExporter {
  let lost = 0;
  let reportedAt = -Infinity;

  function noteLoss(count: number, err: unknown): void {
    lost += count;
    if (clock() - reportedAt < reportEveryMilliseconds) return;
    reportedAt = clock();
    log.warn({ event: 'traces.lost', count: lost, err }, 'the collector does not take the traces');
    lost = 0;
  }

  return {
    export(spans, done) {
      exporter.export(spans, ({ code, error }) => {
        if (code !== ExportResultCode.SUCCESS) noteLoss(spans.length, error);
        done({ code: ExportResultCode.SUCCESS });
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}
