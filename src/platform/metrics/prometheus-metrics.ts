// Stores the metrics of this process, and exports them for a scrape with the Prometheus client library. The
// metrics of several processes are combined in worker-metrics.ts.
import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import { createLabelBounds, type LabelRules } from './labels.ts';
import type {
  Collector,
  Definition,
  GaugeDefinition,
  HistogramDefinition,
  Metrics,
} from './metrics.ts';
import { countBySeries, measureBySeries, type Readable } from './series.ts';

/** The metrics of one process at one time, in a form that can be sent to another process. */
export type Scraped = readonly MetricObjectWithValues<MetricValue<string>>[];

export interface ScrapeOptions {
  /** True to read the facts about the whole installation as well. */
  readonly isShared: boolean;
}

export interface PrometheusMetrics extends Metrics {
  scrape(options: ScrapeOptions): Promise<Scraped>;
}

/** The media type of the text that `renderScraped` returns. */
export const scrapedContentType = 'text/plain; version=0.0.4; charset=utf-8';

export const scrapeErrors = {
  name: 'ostiary_scrape_errors_total',
  help: 'Sources of metrics that could not be read during a scrape; their series are left out.',
  labels: { source: { atMost: 20 } },
} as const;

/** Milliseconds that one collector may take. */
const collectorMilliseconds = 1000;

/** Loads the library, which processes without metrics do not need. */
export async function createPrometheusMetrics(): Promise<PrometheusMetrics> {
  const library = await import('prom-client');
  const registry = new library.Registry();
  const collectors: Collector<unknown>[] = [];
  const clearing = new Map<object, () => void>();

  const settingsOf = ({ name, help, labels }: Definition<LabelRules>) => ({
    name,
    help,
    labelNames: Object.keys(labels),
    registers: [registry],
  });

  /** Counters and histograms, which this process keeps itself. */
  const readables: Readable[] = [];
  const keep = <Metric extends Readable>(metric: Metric): Metric => {
    readables.push(metric);
    return metric;
  };
  const counter = (definition: Definition<LabelRules>) => keep(countBySeries(definition));
  const histogram = (definition: HistogramDefinition<LabelRules>) =>
    keep(measureBySeries(definition));

  function gauge(definition: GaugeDefinition<LabelRules>) {
    const { across = 'sum', isTotal = false } = definition;
    const kept = new library.Gauge({ ...settingsOf(definition), aggregator: across });
    // A gauge, because the library has no counter that can be set.
    if (isTotal) Object.assign(kept, { type: 'counter' });
    const bound = createLabelBounds(definition.labels);
    const handle = { set: (labels: Labels, value: number) => kept.set(bound(labels), value) };
    clearing.set(handle, () => {
      kept.reset();
      // The library resets a metric without labels to 0 instead of removing it.
      if (Object.keys(definition.labels).length === 0) kept.remove();
    });
    return handle;
  }

  const errors = counter(scrapeErrors);

  async function runCollector(collector: Collector<unknown>, isSkipped: boolean): Promise<void> {
    const { source, gauges, read, set } = collector;
    for (const each of gauges) clearing.get(each)?.();
    if (isSkipped) return;
    try {
      set(await readWithin(collectorMilliseconds, read));
    } catch {
      // The scrape must succeed; the counter and the log of the source report the failure.
      for (const each of gauges) clearing.get(each)?.();
      errors.add({ source });
    }
  }

  return {
    // Several modules may share a metric with the same definition.
    counter: onceFor(counter),
    histogram: onceFor(histogram),
    gauge,
    collect(collector) {
      errors.add({ source: collector.source }, 0);
      collectors.push(collector as Collector<unknown>); // `set` gets only what `read` returned
    },
    async scrape({ isShared }) {
      await Promise.all(
        collectors.map((each) => runCollector(each, each.isShared === true && !isShared)),
      );
      return [...readables.map((each) => each.read()), ...(await registry.getMetricsAsJSON())];
    },
  };
}

function onceFor<Key extends object, Value>(create: (key: Key) => Value): (key: Key) => Value {
  const created = new Map<Key, Value>();
  return (key) => {
    const value = created.get(key) ?? create(key);
    created.set(key, value);
    return value;
  };
}

type Labels = Readonly<Record<string, string>>;

/** The metrics of one or several processes, added up, in the text format. */
export async function renderScraped(processes: readonly Scraped[]): Promise<string> {
  return (await sumOf(processes)).metrics();
}

/** Adds up the counters and histograms of processes. */
export async function sumTotals(processes: readonly Scraped[]): Promise<Scraped> {
  const totals = processes.map((metrics) => metrics.filter(isCounted));
  return (await sumOf(totals)).getMetricsAsJSON();
}

async function sumOf(processes: readonly Scraped[]) {
  const { AggregatorRegistry } = await import('prom-client');
  return AggregatorRegistry.aggregate(processes.map((each) => [...each]));
}

function isCounted({ type }: Scraped[number]): boolean {
  // At run time the type is a name, whatever the library declares.
  return ['counter', 'histogram'].includes(String(type));
}

async function readWithin<Facts>(
  milliseconds: number,
  read: () => Facts | Promise<Facts>,
): Promise<Facts> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('the time limit was exceeded')), milliseconds);
  try {
    return await Promise.race([read(), late]);
  } finally {
    clearTimeout(timer);
  }
}
