// Spans that the collector does not accept: the SDK never sees the failure, and the log has one warning a
// minute.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { createLog } from '#platform/logging/log.ts';
import { reportFailures } from '#platform/tracing/failed-exports.ts';

function anExporter() {
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const clock = { milliseconds: 0 };
  const state = { code: 1 };
  const exporter = reportFailures(
    {
      export: (_spans, done) => done({ code: state.code, error: new Error('refused') }),
      shutdown: async () => undefined,
    },
    log,
    () => clock.milliseconds,
  );
  const codes: number[] = [];
  /** Only their number matters, so the spans are empty. */
  const send = (count: number) => {
    const spans = Array.from({ length: count }, () => ({}) as ReadableSpan);
    exporter.export(spans, ({ code }) => void codes.push(code));
  };
  return {
    send,
    codes,
    clock,
    state,
    warnings: () => lines.map((line) => Object(JSON.parse(line))),
  };
}

describe('an unavailable collector', () => {
  it('is reported at once and then once a minute, with the number of lost spans', () => {
    const { send, codes, clock, warnings } = anExporter();

    for (let second = 0; second < 150; second += 1) {
      clock.milliseconds = second * 1000;
      send(2);
    }

    assert.deepEqual(new Set(codes), new Set([0]));
    assert.deepEqual(
      warnings().map(({ event, level, count }) => [event, level, count]),
      [
        ['traces.lost', 'warn', 2],
        ['traces.lost', 'warn', 120],
        ['traces.lost', 'warn', 120],
      ],
    );
  });

  it('is not reported when spans arrive', () => {
    const { send, state, warnings } = anExporter();
    state.code = 0;

    send(2);

    assert.deepEqual(warnings(), []);
  });
});
