// The table of metrics in docs/observability.md matches the definitions in the code.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { LabelRules } from '#platform/metrics/labels.ts';
import type { Definition, GaugeDefinition, Metrics } from '#platform/metrics/metrics.ts';
import { collectLogMetrics } from '#platform/metrics/log-metrics.ts';
import { collectProcessMetrics } from '#platform/metrics/process-metrics.ts';
import { scrapeErrors } from '#platform/metrics/prometheus-metrics.ts';
import { countWorkers } from '#platform/metrics/worker-metrics.ts';
import { measureCertificate } from '#server/listeners/tls-renewal.ts';
import { startTestApp } from '#test/support/app.ts';
import { createTestLog } from '#test/support/services/databases.ts';

interface Row {
  readonly name: string;
  readonly line: string;
}

/** Records only definitions, no values. */
function createRecorder() {
  const rows: Row[] = [];
  function record(type: string, { name, help, labels }: Definition<LabelRules>): void {
    const names = Object.keys(labels).map((label) => `\`${label}\``);
    const line = `| \`${name}\` | ${type} | ${names.join(', ') || '-'} | ${help} |`;
    if (!rows.some((row) => row.line === line)) rows.push({ name, line });
  }
  const metrics: Metrics = {
    counter(definition) {
      record('counter', definition);
      return { add: () => undefined };
    },
    histogram(definition) {
      record('histogram', definition);
      return { observe: () => undefined };
    },
    gauge(definition: GaugeDefinition<LabelRules>) {
      record(definition.isTotal === true ? 'counter' : 'gauge', definition);
      return { set: () => undefined };
    },
    collect: () => undefined,
  };
  return { metrics, rows };
}

describe('the table of metrics', () => {
  it('contains each metric with its type, labels and meaning', async (t) => {
    const { metrics, rows } = createRecorder();
    collectProcessMetrics(metrics, { version: '1.2.3' });
    collectLogMetrics(metrics, createTestLog());
    countWorkers(metrics);
    measureCertificate(metrics);
    metrics.counter(scrapeErrors);
    await startTestApp(t, { arrangement: 'postgres, redis', metrics });
    const document = await readFile(
      new URL('../../docs/observability.md', import.meta.url),
      'utf8',
    );

    const shown = document.split('\n').filter((line) => line.startsWith('| `ostiary_'));

    const squeeze = (line: string) => line.replaceAll(/ +/g, ' ').trim();
    const expected = rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ line }) => line);
    assert.deepEqual(shown.map(squeeze), expected.map(squeeze), expected.join('\n'));
    for (const { name, line } of rows) {
      assert.equal(name.endsWith('_total'), line.includes('| counter |'), name);
    }
  });
});
