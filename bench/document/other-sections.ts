// The sections of docs/performance.md about counts, workers, growth, start and memory.
import allocationLimits from '#bench/allocations/limits.json' with { type: 'json' };
import { readAllowances } from '#bench/budget/judge.ts';
import { longestCleanupMs } from '#bench/growth/cleanup-figures.ts';
import {
  growthOf,
  isCleanupShort,
  isFlat,
  mostGrowth,
  type GrowthResults,
} from '#bench/growth/growth-report.ts';
import { ratiosOf, type WorkersResults } from '#bench/load/workers.ts';
import type { StartResults } from '#bench/startup.ts';
import { workersGoal } from './goals.ts';
import { dateOf, decimal, markdownTable, whole } from './markdown.ts';

export function describeCounts(): string {
  const heading = [
    'flow',
    'PostgreSQL',
    'commits',
    'Redis',
    'signatures',
    'budget (PostgreSQL / Redis)',
  ];
  const rows = readAllowances().map(([flow, { contract, reached }]) => [
    flow,
    ...[reached.postgres, reached.commits, reached.redis, reached.signatures].map(String),
    contract ? `${contract.postgres ?? '-'} / ${contract.redis ?? '-'}` : '-',
  ]);
  return markdownTable([heading, ...rows]);
}

export function describeAllocations(): string {
  const rows = Object.entries(allocationLimits).map(([flow, kb]) => [flow, `${kb} kB`]);
  return markdownTable([['flow', 'at most'], ...rows]);
}

export function describeWorkerRatios({ flows, measuredAt, loadAverage }: WorkersResults): string {
  const heading = ['flow', 'per s, 1 worker', 'per s, 2 workers', 'ratio', 'by processor time'];
  const rows = flows.map((each) => {
    const { throughput, withCoresOfItsOwn } = ratiosOf(each);
    const [one, two] = each.perSecond;
    return [
      each.flow,
      whole(one),
      whole(two),
      decimal(throughput, 2),
      decimal(withCoresOfItsOwn, 2),
    ];
  });
  const reached = flows.every((each) => ratiosOf(each).withCoresOfItsOwn >= workersGoal);
  const verdict = `By processor time, the goal of ${workersGoal} is ${reached ? 'met' : 'missed by at least one flow'}.`;
  const when = `Measured on ${dateOf(measuredAt)}, load average ${decimal(loadAverage)}.`;
  return `${markdownTable([heading, ...rows])}\n\n${verdict} ${when}`;
}

export function describeGrowthSection(results: GrowthResults): string {
  const { flows, sizes, measuredAt, loadAverage } = results;
  const counts = sizes.map(({ users }) => `${whole(users)} users`);
  const heading = [
    'flow: p50 ms / CPU us / PostgreSQL us / us of a statement',
    ...counts,
    'growth',
  ];
  const rows = flows.map((each) => [
    each.flow,
    ...each.sizes.map(({ medianMs, serverCpu, postgresCpu, statementUs }) =>
      [decimal(medianMs), whole(serverCpu), whole(postgresCpu), whole(statementUs)].join(' / '),
    ),
    `${decimal(growthOf(each.sizes), 2)} x`,
  ]);
  const grown = flows.filter((each) => !isFlat(each.sizes)).map(({ flow }) => flow);
  const verdict =
    grown.length === 0
      ? `No median time is more than ${mostGrowth} times that with the fewest users.`
      : `More than ${mostGrowth} times the median time with the fewest users: ${grown.join('; ')}.`;
  const when = `Measured on ${dateOf(measuredAt)}, load average ${decimal(loadAverage)}.`;
  const parts = [markdownTable([heading, ...rows]), `${verdict} ${when}`, sizesTable(results)];
  return [...parts, cleanupTable(results)].join('\n\n');
}

function sizesTable({ sizes }: GrowthResults): string {
  const largest = sizes.at(-1);
  const tables = Object.keys(largest?.tables ?? {});
  const megabytes = (bytes: number | undefined) =>
    bytes === undefined ? '-' : `${decimal(bytes / 2 ** 20)} MB`;
  const heading = [
    'in PostgreSQL, with indexes',
    ...sizes.map(({ users }) => `${whole(users)} users`),
    'bytes a user',
  ];
  const rows = tables.map((table) => [
    `\`${table}\``,
    ...sizes.map((each) => megabytes(each.tables[table])),
    whole((largest?.tables[table] ?? 0) / (largest?.users ?? 1)),
  ]);
  const total = ['all tables', ...sizes.map((each) => megabytes(each.total)), ''];
  return markdownTable([heading, ...rows, total]);
}

function cleanupTable(results: GrowthResults): string {
  const { sizes } = results;
  const heading = ['cleanup of expired rows', ...sizes.map(({ users }) => `${whole(users)} users`)];
  const rows = [
    ['removed', ...sizes.map(({ cleanup }) => whole(cleanup.rows))],
    ['time', ...sizes.map(({ cleanup }) => `${decimal(cleanup.seconds)} s`)],
    [
      'longest statement',
      ...sizes.map(({ cleanup }) => `${decimal(cleanup.longestMs)} ms (\`${cleanup.longest}\`)`),
    ],
  ];
  const verdict = isCleanupShort(results)
    ? `No statement of the cleanup holds its locks for more than ${longestCleanupMs} ms.`
    : `A statement of the cleanup held its locks for more than ${longestCleanupMs} ms.`;
  return `${markdownTable([heading, ...rows])}\n\n${verdict}`;
}

export function describeStartSection({ starts, measuredAt, loadAverage }: StartResults): string {
  const goal = (value: number, limit: number | undefined, unit: string) =>
    limit === undefined ? '-' : `${limit} ${unit}: ${value <= limit ? 'met' : 'missed'}`;
  const rows = starts.map(({ name, readySeconds, residentMb, ...goals }) => [
    name,
    `${decimal(readySeconds)} s`,
    goal(readySeconds, goals.readySecondsGoal, 's'),
    `${whole(residentMb)} MB`,
    goal(residentMb, goals.residentMbGoal, 'MB'),
  ]);
  const heading = ['', 'ready', 'goal', 'memory when idle', 'goal'];
  const when = `Measured on ${dateOf(measuredAt)}, load average ${decimal(loadAverage)}.`;
  return `${markdownTable([heading, ...rows])}\n\n${when}`;
}
