// The sections of docs/performance.md about load: machine and settings, processor time, response times.
import type { LoadResults, Measured } from '#bench/load/results.ts';
import type { ServerName } from '#bench/load/flow.ts';
import { goals } from './goals.ts';
import { dateOf, decimal, markdownTable, percent, whole } from './markdown.ts';

/** Above this share of foreign work on the server's core, figures are not comparable. */
const quietShare = 0.05;

/** What differs between the runs that this page describes. */
export interface RunFacts {
  readonly postgres: string;
  readonly settings: string;
}

const ownRun: RunFacts = {
  postgres: 'on a socket of the same machine',
  settings:
    'Ostiary as `npm start` runs it, with one worker, rate limits off (all requests have one address), the log on and discarded; Node.js with the same options for all servers',
};

export function describeRun(results: LoadResults, facts: RunFacts = ownRun): string {
  const { machine, settings, startedAt, loadAverage } = results;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const rows = [
    ['', ''],
    ['date', `${dateOf(startedAt)}, commit \`${machine.commit}\``],
    [
      'machine',
      `${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, ${machine.system}`,
    ],
    ['versions', versions.join(', ')],
    ['placement', describePlacement(results)],
    ['PostgreSQL', `waits for the disk (\`fsync\` on), otherwise as installed; ${facts.postgres}`],
    ['load', `${settings.connections} connections that stay open, on loopback, without TLS`],
    ['rounds', describeRounds(settings)],
    ['settings', facts.settings],
    [
      'load average',
      `${decimal(loadAverage.before)} before the run, ${decimal(loadAverage.after)} after it`,
    ],
  ];
  return `${markdownTable(rows)}\n\n${describeQuiet(results)}`;
}

function describePlacement({ settings: { serverCore, otherCores } }: LoadResults): string {
  if (serverCore === null) return 'all processes share all cores';
  const others = `${otherCores.length === 1 ? 'core' : 'cores'} ${otherCores.join(', ')}`;
  return `the server alone on core ${serverCore}; PostgreSQL, Redis and the load generator on ${others}`;
}

function describeQuiet({ flows }: LoadResults): string {
  const all = flows.flatMap(({ closed }) => Object.values(closed));
  const shares = all.map(({ median }) => median.foreignShare).toSorted((a, b) => a - b);
  const middle = shares[shares.length >> 1] ?? 0;
  const refused = all.reduce((sum, { median }) => sum + median.refused, 0);
  const quiet =
    middle <= quietShare
      ? `Other processes used ${percent(middle)} of the server's core in the median measurement, so the machine was quiet.`
      : `**The machine was not quiet:** other processes used ${percent(middle)} of the server's core in the median measurement. So rates are too low, response times too long, and processor times up to several times as high, because the caches of the processor are shared. Do not compare these figures with others.`;
  const answers =
    refused === 0
      ? 'Every answer was checked, status and content; none was refused.'
      : `Every answer was checked, status and content; ${whole(refused)} were refused with 503 and repeated.`;
  return `${quiet} ${answers}`;
}

const cpu = ({ closed }: Measured, name: ServerName) => closed[name]?.median.serverCpu;

export function describeCpu({ flows }: LoadResults): string {
  const heading = [
    'flow',
    'CPU us (range)',
    '+ PostgreSQL us',
    '+ Redis us',
    'per s and core',
    'oidc-provider us',
    'floor us',
    '/ oidc-provider',
    'floor / Ostiary',
  ];
  const rows = flows.flatMap((measured) => {
    const { closed, flow } = measured;
    if (!closed.ostiary) return [];
    const { median, serverCpuRange } = closed.ostiary;
    const [engine, floor] = [cpu(measured, 'engine'), cpu(measured, 'floor')];
    return [
      [
        flow,
        `${whole(median.serverCpu)} (${serverCpuRange.map(whole).join('-')})`,
        whole(median.postgresCpu),
        whole(median.redisCpu),
        whole(median.perSecond),
        whole(engine),
        whole(floor),
        engine === undefined ? '-' : decimal(median.serverCpu / engine, 2),
        floor === undefined ? '-' : percent(floor / median.serverCpu),
      ],
    ];
  });
  const hello = flows.find(({ closed }) => closed.koa)?.closed.koa;
  const koa = hello
    ? `\n\nA Koa server that answers "hello" needs ${whole(hello.median.serverCpu)} us.`
    : '';
  return markdownTable([heading, ...rows]) + koa;
}

export function describeOpen({ flows }: LoadResults): string {
  const heading = ['flow', 'arrivals per s', 'Ostiary ms', 'oidc-provider ms', 'floor ms'];
  const rows = flows.flatMap(({ flow, open }) => {
    const { ostiary, engine, floor } = open;
    if (!ostiary) return [];
    const times = [ostiary, engine, floor].map((summary) =>
      summary
        ? [summary.median.medianMs, summary.median.p99Ms, summary.median.p999Ms]
            .map((ms) => decimal(ms))
            .join(' / ')
        : '-',
    );
    return [[flow, whole(ostiary.median.perSecond), ...times]];
  });
  return markdownTable([heading, ...rows]);
}

export function describeGoals({ flows }: LoadResults): string {
  const heading = ['flow', 'CPU us', 'goal', 'floor / Ostiary', 'goal', 'verdict'];
  const rows = flows.flatMap((measured) => {
    const goal = goals[measured.flow];
    const own = cpu(measured, 'ostiary');
    if (!goal || own === undefined) return [];
    const floor = cpu(measured, 'floor');
    const share = floor === undefined ? undefined : floor / own;
    const isFast = own <= goal.cpuUs;
    const isNear = goal.floorShare === undefined || (share ?? 0) >= goal.floorShare;
    const verdict = isFast && isNear ? 'met' : isFast || isNear ? 'one of two' : 'missed';
    return [
      [
        measured.flow,
        whole(own),
        `<= ${whole(goal.cpuUs)}`,
        percent(share),
        goal.floorShare === undefined ? '-' : `>= ${percent(goal.floorShare)}`,
        goal.floorShare === undefined && !isFast ? 'missed' : verdict,
      ],
    ];
  });
  return markdownTable([heading, ...rows]);
}

function describeRounds(settings: LoadResults['settings']): string {
  const { rounds, seconds, warmUpSeconds } = settings;
  const measured = `${rounds} of ${seconds} s for each flow and server, by turns; medians`;
  if (warmUpSeconds === undefined) return measured;
  return `${measured}. Before them, ${warmUpSeconds} s of each flow at each server, because V8 and the JVM optimize code while it runs`;
}
