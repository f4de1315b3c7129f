// The results of the growth measurement, and whether requests cost the same with more users.
import type { Circumstances } from '#bench/machine.ts';
import { formatTable } from '#bench/table.ts';
import { longestCleanupMs, type CleanupFigures } from './cleanup-figures.ts';

export interface GrownFigures {
  readonly users: number;
  readonly medianMs: number;
  /** Microseconds of processor time per round. */
  readonly serverCpu: number;
  readonly postgresCpu: number;
  /** Microseconds of execution of an average statement, by PostgreSQL's own measurement. */
  readonly statementUs: number;
}

export interface GrowthResults extends Circumstances {
  readonly seconds: number;
  readonly rounds: number;
  /** For each flow at each server, before the first round; absent in older results. */
  readonly warmUpSeconds?: number;
  readonly sizes: readonly {
    readonly users: number;
    /** Bytes. */
    readonly total: number;
    readonly tables: Readonly<Record<string, number>>;
    readonly cleanup: CleanupFigures;
  }[];
  readonly flows: readonly { readonly flow: string; readonly sizes: readonly GrownFigures[] }[];
}

/** The median time of a request with many users may be this many times that with few. */
export const mostGrowth = 1.2;

/** How many times the median time with the fewest users, at most. */
export function growthOf(sizes: readonly GrownFigures[]): number {
  const [first, ...others] = sizes;
  if (!first) return 1;
  return Math.max(1, ...others.map(({ medianMs }) => medianMs / first.medianMs));
}

export function isFlat(sizes: readonly GrownFigures[]): boolean {
  return growthOf(sizes) <= mostGrowth;
}

/** Whether the cleanup held no lock for too long. */
export function isCleanupShort({ sizes }: Pick<GrowthResults, 'sizes'>): boolean {
  return sizes.every(({ cleanup }) => cleanup.longestMs <= longestCleanupMs);
}

export function describeGrowth({ flows, sizes, loadAverage }: GrowthResults): string {
  const heading = ['flow', 'users', 'p50 ms', 'x first', 'CPU us', '+ PG us', 'statement us'];
  const rows = flows.flatMap((flow) =>
    flow.sizes.map((each, index) => [
      index === 0 ? flow.flow : '',
      each.users.toLocaleString('en'),
      each.medianMs.toFixed(2),
      (each.medianMs / (flow.sizes[0]?.medianMs ?? Number.NaN)).toFixed(2),
      each.serverCpu.toFixed(0),
      each.postgresCpu.toFixed(0),
      each.statementUs.toFixed(0),
    ]),
  );
  const grown = flows.filter((flow) => !isFlat(flow.sizes)).map(({ flow }) => flow);
  const verdict =
    grown.length === 0
      ? `No median time is more than ${mostGrowth} times that with the fewest users.`
      : `More than ${mostGrowth} times the median time with the fewest users: ${grown.join('; ')}.`;
  const stored = sizes.map(
    ({ users, total }) =>
      `${users.toLocaleString('en')} users: ${(total / 2 ** 20).toFixed(0)} MB in PostgreSQL.`,
  );
  const removed = sizes.map(({ users, cleanup: { rows: count, seconds, longestMs, longest } }) => {
    const took = `${count.toLocaleString('en')} expired rows removed in ${seconds.toFixed(0)} s`;
    return `${users.toLocaleString('en')} users: ${took}; longest statement ${longestMs.toFixed(0)} ms (${longest}).`;
  });
  const load = `Load average: ${loadAverage.toFixed(1)}.`;
  return [formatTable([heading, ...rows]), '', verdict, ...stored, ...removed, load].join('\n');
}
