// The results of one run, as they are stored in bench/results/load.json and printed on the terminal.
import type { Machine } from '#bench/machine.ts';
import { formatTable } from '#bench/table.ts';
import type { FlowFigures } from './run-flow.ts';
import type { ServerName } from './flow.ts';

/** The median of each figure over the rounds, and the range of the server's processor time. */
export interface Summary {
  readonly median: FlowFigures;
  readonly serverCpuRange: readonly [lowest: number, highest: number];
}

export interface Measured {
  readonly flow: string;
  readonly closed: Partial<Record<ServerName, Summary>>;
  /** At a fixed arrival rate, the same for all servers. */
  readonly open: Partial<Record<ServerName, Summary>>;
}

export interface LoadResults {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly machine: Machine;
  readonly loadAverage: { readonly before: number; readonly after: number };
  readonly settings: {
    readonly seconds: number;
    readonly rounds: number;
    readonly connections: number;
    readonly openShare: number;
    /** Null if processes were not bound to cores. */
    readonly serverCore: number | null;
    readonly otherCores: readonly number[];
    /** Load of each flow on each server before all rounds; absent in older results. */
    readonly warmUpSeconds?: number;
  };
  readonly flows: readonly Measured[];
}

export function summarize(rounds: readonly FlowFigures[]): Summary {
  const [first] = rounds;
  if (!first) throw new Error('There must be at least one round.');
  const names = Object.keys(first) as (keyof FlowFigures)[]; // the keys of that type
  const medians: { -readonly [Name in keyof FlowFigures]: number } = { ...first };
  for (const name of names) medians[name] = medianOf(rounds.map((round) => round[name]));
  const cpu = rounds.map(({ serverCpu }) => shorten(serverCpu));
  return {
    median: medians,
    serverCpuRange: [Math.min(...cpu), Math.max(...cpu)],
  };
}

export function medianOf(values: readonly number[]): number {
  return shorten(values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? Number.NaN);
}

/** Three digits after the point, to keep the files readable. */
function shorten(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const heading = [
  'flow',
  'server',
  'per s',
  'CPU us',
  '+ PG us',
  '+ Redis us',
  'p50 ms',
  'p99 ms',
  'x server',
  'due: p50 ms',
  'p99 ms',
  'p99.9 ms',
  'others %',
  '503',
];

export function describeLoad({ flows, loadAverage }: LoadResults): string {
  const rows = flows.flatMap((measured) =>
    Object.entries(measured.closed).map(([name, { median }], index) => {
      const open = Object.entries(measured.open).find(([other]) => other === name)?.[1].median;
      const own = measured.closed.ostiary?.median.serverCpu;
      return [
        index === 0 ? measured.flow : '',
        name,
        median.perSecond.toFixed(0),
        median.serverCpu.toFixed(0),
        median.postgresCpu.toFixed(0),
        median.redisCpu.toFixed(0),
        median.medianMs.toFixed(1),
        median.p99Ms.toFixed(1),
        own === undefined ? '-' : (own / median.serverCpu).toFixed(2),
        ...[open?.medianMs, open?.p99Ms, open?.p999Ms].map((ms) => ms?.toFixed(1) ?? '-'),
        (median.foreignShare * 100).toFixed(0),
        String(median.refused),
      ];
    }),
  );
  const { before, after } = loadAverage;
  return `${formatTable([heading, ...rows])}\n\nLoad average ${before.toFixed(1)} before and ${after.toFixed(1)} after the run.`;
}
