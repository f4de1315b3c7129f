// Two nodes under a steady load of every flow, started as by npm start: nothing grows but what the load adds
// permanently. Memory and descriptors are judged by the slope of a line through the measurements of the
// second half, because caches, pools and compiled code grow during the first. Memory is measured after a
// garbage collection: between two collections, it rises and falls by a multiple of any leak. Run by npm run
// test:soak.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { collectWorks } from '#test/support/app.ts';
import { startNodes, type Nodes } from '#test/support/faults/nodes.ts';
import { startLoad, type Load } from './load.ts';
import {
  measurable,
  measureDatabase,
  measureProcess,
  type Stored,
  type Usage,
} from './measurements.ts';
import { fitLine, type Point } from './regression.ts';

const minutes = Number(process.env['SOAK_MINUTES'] ?? '60');
const workers = 3;
/** In an hour one a minute, so that between two of them the memory is what it is without the collections. */
const measurements = 60;
/** The rest of what a process may do within this time: start, end, wait for a busy machine. */
const marginMilliseconds = 5 * 60_000;

type Measure = keyof Usage;
/**
 * Growth that is accepted: an hour, so that a leak fills no machine between two releases, or in the whole
 * run, where caches may still fill. Memory in MiB.
 */
const accepted: Readonly<Record<Exclude<Measure, 'highest'>, { hour: number; run: number }>> = {
  live: { hour: 1, run: 2 },
  resident: { hour: 1, run: 16 },
  files: { hour: 0, run: 8 },
};
/** MiB that a process never exceeds; without its options, Node.js collects garbage at 400. */
const highestMemory = 320;

/** Lives that may end with 503, because a store did not answer in time on a crowded machine. */
const busyShare = 0.05;
const isBusy = (failure: string) => /store_unavailable|"redis\.lost"|: 503\b/.test(failure);

/** Rows that one lifecycle leaves permanently: its audit events, sent jobs, and rows that expire later. */
const rowsPerLife = 60;
const pendingJobs = 200;

it(
  `nothing grows in ${minutes} minutes`,
  { timeout: minutes * 60_000 + marginMilliseconds },
  async (t) => {
    const works = collectWorks();
    t.after(works.run);
    const nodes = await startNodes(works, { settings: { LOG_LEVEL: 'warn', ...measurable() } });
    const before = await measureDatabase(nodes);
    const load = await startLoad(works, nodes, workers);

    const series = await observe(nodes, minutes * 60_000);
    await load.stop();
    const after = await measureDatabase(nodes);

    t.diagnostic(`${load.lives()} lives, ${load.failures.length} failures`);
    assert.ok(load.lives() > minutes, 'the load was too small to say something');
    // Lists all reasons, so that a second one does not have to wait for another run of an hour.
    const faults = [
      ...[...series].flatMap(([name, measured]) => judgeProcess(t, name, measured)),
      ...judgeRows(t, { before, after, lives: load.lives() }),
      ...nodes.nodes.flatMap(({ log }) => errorsIn(log())).slice(0, 3),
      ...judgeFailures(load),
    ];
    assert.deepEqual(faults, []);
  },
);

interface Series {
  readonly all: Usage[];
  readonly lines: Readonly<Record<Measure, Point[]>>;
}

/** Measures the processes at equal intervals; the lines are fitted to the second half. */
async function observe(nodes: Nodes, milliseconds: number): Promise<ReadonlyMap<string, Series>> {
  const series = new Map<string, Series>(
    nodes.nodes.map((_, index) => [
      `node ${index + 1}`,
      { all: [], lines: { live: [], resident: [], highest: [], files: [] } },
    ]),
  );
  const begun = performance.now();
  for (let done = 0; done < measurements; done += 1) {
    await pause(
      Math.max(0, ((done + 1) * milliseconds) / measurements - (performance.now() - begun)),
    );
    for (const [index, node] of nodes.nodes.entries()) {
      const usage = await measureProcess(node);
      const kept = series.get(`node ${index + 1}`);
      kept?.all.push(usage);
      if (done < measurements / 2) continue;
      const seconds = (performance.now() - begun) / 1000;
      for (const measure of ['live', 'resident', 'highest', 'files'] as const) {
        kept?.lines[measure].push({ seconds, value: usage[measure] });
      }
    }
  }
  return series;
}

function judgeProcess(t: TestContext, name: string, { all, lines }: Series): readonly string[] {
  const highest = Math.max(...all.map((usage) => usage.highest));
  t.diagnostic(`${name}: at most ${highest.toFixed(0)} MiB`);
  for (const measure of ['live', 'resident', 'files'] as const) {
    const points = lines[measure];
    const { slope, atLeast } = fitLine(points);
    const mean = points.reduce((sum, { value }) => sum + value, 0) / points.length;
    t.diagnostic(
      `${name}: ${measure} ${mean.toFixed(1)}, ${slope.toFixed(1)} an hour (at least ${atLeast.toFixed(1)})`,
    );
  }
  const faults = Object.entries(accepted).flatMap(([measure, { hour, run }]) => {
    const points = lines[measure as keyof typeof accepted]; // the keys of the same type
    const { atLeast } = fitLine(points);
    const grown = (atLeast * durationOf(points)) / 3600;
    return atLeast <= hour || grown <= run ? [] : [`${measure} of ${name} grows`];
  });
  return highest <= highestMemory
    ? faults
    : [...faults, `${name} occupies ${highest.toFixed(0)} MiB`];
}

interface Growth {
  readonly before: Stored;
  readonly after: Stored;
  readonly lives: number;
}

function judgeRows(t: TestContext, { before, after, lives }: Growth): readonly string[] {
  const deadlocks = after.deadlocks - before.deadlocks;
  const faults = [
    ...(after.pendingJobs < pendingJobs ? [] : [`${after.pendingJobs} jobs wait`]),
    ...(after.deadJobs === 0 ? [] : [`${after.deadJobs} jobs have failed permanently`]),
    ...(deadlocks === 0 ? [] : [`${deadlocks} deadlocks`]),
  ];
  for (const [table, count] of after.rows) {
    const perLife = (count - (before.rows.get(table) ?? 0)) / lives;
    if (perLife >= 0.5) t.diagnostic(`${table}: ${perLife.toFixed(1)} rows a life`);
    if (perLife > rowsPerLife) faults.push(`${table} grows by ${perLife.toFixed(1)} rows a life`);
  }
  return faults;
}

/** Lines of the log; that a store did not answer in time is judged by the failures that it caused. */
function errorsIn(log: string): readonly string[] {
  return log
    .split('\n')
    .filter((line) => /"level":"(?:error|fatal)"/.test(line) && !isBusy(line))
    .map((line) => line.slice(0, 500));
}

function judgeFailures(load: Load): readonly string[] {
  const failed = load.failures.filter((each) => !isBusy(each));
  const busy = load.failures.length - failed.length;
  const isTooBusy = busy > load.lives() * busyShare;
  return [...failed.slice(0, 3), ...(isTooBusy ? [`${busy} lives met a busy store`] : [])];
}

function durationOf(points: readonly Point[]): number {
  return (points.at(-1)?.seconds ?? 0) - (points[0]?.seconds ?? 0);
}
