// Parses the text that a scrape returns.
import type { PrometheusMetrics } from '#platform/metrics/prometheus-metrics.ts';
import { renderScraped } from '#platform/metrics/prometheus-metrics.ts';

export interface Exposition {
  readonly text: string;
  /** One for each line with a value, such as `ostiary_workers` or `ostiary_blocks_total{...}`. */
  readonly series: readonly string[];
  /** The value of the only series with this name and at least these labels; `undefined`: none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

export function readExposition(text: string): Exposition {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const samples = lines.map((line) => {
    const end = line.lastIndexOf(' ');
    return { series: line.slice(0, end), value: Number(line.slice(end + 1)) };
  });
  return {
    text,
    series: samples.map(({ series }) => series),
    value(name, labels = {}) {
      const found = samples.filter(
        ({ series }) =>
          (series === name || series.startsWith(`${name}{`)) &&
          Object.entries(labels).every(([label, value]) => series.includes(`${label}="${value}"`)),
      );
      if (found.length > 1)
        throw new Error(`Several series: ${found.map((one) => one.series).join()}`);
      return found[0]?.value;
    },
  };
}

export async function scrape(metrics: PrometheusMetrics): Promise<Exposition> {
  return readExposition(await renderScraped([await metrics.scrape({ isShared: true })]));
}

export async function scrapeFrom(port: number | string): Promise<Exposition> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  if (answer.status !== 200) throw new Error(`The scrape answered ${answer.status}`);
  return readExposition(await answer.text());
}
