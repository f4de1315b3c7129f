// The interface for counting and measuring. Each capability defines its own metrics, with labels of bounded
// values; prometheus-metrics.ts stores them, and src/server/metrics/ops-server.ts serves them.
import type { LabelRules, LabelsOf } from './labels.ts';

export interface Definition<Rules extends LabelRules> {
  /** Follows the conventions of Prometheus: base units, and `_total` for counters. */
  readonly name: `ostiary_${string}`;
  readonly help: string;
  readonly labels: Rules;
}

export interface Counter<Labels> {
  add(labels: Labels, count?: number): void;
}

export interface Histogram<Labels> {
  observe(labels: Labels, seconds: number): void;
}

export interface Gauge<Labels> {
  set(labels: Labels, value: number): void;
}

export interface HistogramDefinition<Rules extends LabelRules> extends Definition<Rules> {
  /** Upper bounds in seconds, ascending. */
  readonly buckets: readonly number[];
}

export interface GaugeDefinition<Rules extends LabelRules> extends Definition<Rules> {
  /** How the values of several worker processes are combined; `sum` by default. */
  readonly across?: 'sum' | 'max' | 'min' | 'first';
  /** For a total that is kept elsewhere: the monitoring system treats it as a counter. */
  readonly isTotal?: boolean;
}

/** Reads gauges when they are scraped. */
export interface Collector<Facts> {
  /** The `source` of `ostiary_scrape_errors_total`. */
  readonly source: string;
  /** True for facts about the whole installation, which only one of several worker processes reads. */
  readonly isShared?: boolean;
  /** From the start of a scrape until `set`, they have no value, so that none is outdated. */
  readonly gauges: readonly Gauge<never>[];
  /** May take a second. If it takes longer or fails, the gauges are left out of the scrape. */
  readonly read: () => Facts | Promise<Facts>;
  readonly set: (facts: Facts) => void;
}

export interface Metrics {
  /** Starts at 0 for every combination of labels that is known in advance. */
  counter<const Rules extends LabelRules>(definition: Definition<Rules>): Counter<LabelsOf<Rules>>;
  histogram<const Rules extends LabelRules>(
    definition: HistogramDefinition<Rules>,
  ): Histogram<LabelsOf<Rules>>;
  gauge<const Rules extends LabelRules>(definition: GaugeDefinition<Rules>): Gauge<LabelsOf<Rules>>;
  collect<Facts>(collector: Collector<Facts>): void;
}

/** Buckets from half a millisecond to ten seconds, for everything that a request waits for. */
export const requestBuckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** For a process whose metrics are not read: the command line, or a server without OPS_PORT. */
export const noMetrics: Metrics = {
  counter: () => ({ add: ignore }),
  histogram: () => ({ observe: ignore }),
  gauge: () => ({ set: ignore }),
  collect: ignore,
};

function ignore(): void {
  // Stores nothing.
}
