// The values of a counter or histogram by labels. They are counted here instead of in the Prometheus client
// library, which serializes the labels of each observation; this costs a tenth of that.
import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import { combinationsOf, createLabelBounds, otherValue, type LabelRules } from './labels.ts';
import type { Counter, Definition, Histogram, HistogramDefinition } from './metrics.ts';

type Labels = Readonly<Record<string, string>>;
type Values = MetricObjectWithValues<MetricValue<string>>;

/** A metric that can be read, in the form of the client library. */
export interface Readable {
  read(): Values;
}

export function countBySeries(definition: Definition<LabelRules>): Counter<Labels> & Readable {
  const series = createSeries(definition.labels, (labels) => ({ labels, value: 0 }));
  return {
    add(labels, count = 1) {
      series.find(labels).value += count;
    },
    read: () => describe(definition, 'counter', series.all.map(copy)),
  };
}

export function measureBySeries(
  definition: HistogramDefinition<LabelRules>,
): Histogram<Labels> & Readable {
  const { name, labels: rules, buckets } = definition;
  const series = createSeries(rules, (labels) => ({
    labels,
    /** Counts per bucket, not cumulative; values above the last bound are in the total count only. */
    counts: new Float64Array(buckets.length),
    sum: 0,
    count: 0,
  }));

  function readOne({ labels, counts, sum, count }: (typeof series.all)[number]) {
    let total = 0;
    const steps = buckets.map((le, index) => {
      total += counts[index] ?? 0;
      return { labels: { ...labels, le }, value: total, metricName: `${name}_bucket` };
    });
    return [
      ...steps,
      { labels: { ...labels, le: '+Inf' }, value: count, metricName: `${name}_bucket` },
      { labels: { ...labels }, value: sum, metricName: `${name}_sum` },
      { labels: { ...labels }, value: count, metricName: `${name}_count` },
    ];
  }

  return {
    observe(labels, seconds) {
      const one = series.find(labels);
      one.sum += seconds;
      one.count += 1;
      for (let index = 0; index < buckets.length; index += 1) {
        if (seconds > (buckets[index] ?? Infinity)) continue;
        one.counts[index] = (one.counts[index] ?? 0) + 1;
        return;
      }
    },
    read: () => describe(definition, 'histogram', series.all.flatMap(readOne)),
  };
}

/** A node of a tree with one level per label; the leaves hold the series. */
interface Branch<One> {
  readonly next: Map<string, Branch<One>>;
  one: One | undefined;
}

/** Finds a series with one lookup per label. */
function createSeries<One>(rules: LabelRules, create: (labels: Labels) => One) {
  const names = Object.keys(rules);
  const bound = createLabelBounds(rules);
  const root = createBranch<One>();
  const all: One[] = [];

  /** Values that the rules do not permit get no branch of their own. */
  function add(labels: Labels): One {
    const kept = bound(labels);
    let at = root;
    for (const name of names) {
      const value = kept[name] ?? otherValue;
      const next = at.next.get(value) ?? createBranch<One>();
      at.next.set(value, next);
      at = next;
    }
    if (at.one !== undefined) return at.one;
    const one = create(kept);
    at.one = one;
    all.push(one);
    return one;
  }

  for (const labels of combinationsOf(rules)) add(labels);
  return {
    all,
    find(labels: Labels): One {
      let at: Branch<One> | undefined = root;
      for (const name of names) {
        at = at.next.get(labels[name] ?? otherValue);
        if (at === undefined) return add(labels);
      }
      return at.one ?? add(labels);
    },
  };
}

function createBranch<One>(): Branch<One> {
  return { next: new Map(), one: undefined };
}

function copy<One extends { readonly labels: Labels }>(one: One): One {
  return { ...one, labels: { ...one.labels } };
}

function describe(
  { name, help }: Definition<LabelRules>,
  type: 'counter' | 'histogram',
  values: Values['values'],
): Values {
  // The declaration of the library has another type, and members that it never reads.
  return { name, help, type, values, aggregator: 'sum' } as unknown as Values;
}
