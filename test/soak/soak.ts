// Two nodes under a steady load of every flow: nothing grows but what the load adds for good. Memory and
// descriptors are judged by the slope of a line through the measurements of the second half, because
// caches, pools and compiled code grow during the first. Run by npm run test:soak.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { collectWorks } from '#test/support/app.ts';
import { startNodes, type Nodes } from '#test/support/faults/nodes.ts';
import { startLoad } from './load.ts';
import { measureDatabase, measureProcess } from './measurements.ts';
import { fitLine, type Point } from './regression.ts';

const minutes = Number(process.env['SOAK_MINUTES'] ?? '60');
const workers = 3;
const measurements = 120;
/** The rest of what a process may do within this time: start, end, wait for a busy machine. */
const marginMilliseconds = 5 * 60_000;

/** MiB an hour; a leak below it fills no machine between two releases. */
const memoryPerHour = 1;
/** A growth during the run that a garbage collection may still undo. */
const memoryNoise = 16;
const filesNoise = 8;
/** Lives that may end with 503, because a store did not answer in time on a crowded machine. */
const busyShare = 0.05;
const isBusy = (failure: string) => failure.includes('store_unavailable');

/** Rows that one life leaves for good: its audit events, sent jobs, what expires later. */
const rowsPerLife = 60;
const pendingJobs = 200;

it(
  `nothing grows in ${minutes} minutes`,
  { timeout: minutes * 60_000 + marginMilliseconds },
  async (t) => {
    const works = collectWorks();
    t.after(works.run);
    const nodes = await startNodes(works, { settings: { LOG_LEVEL: 'warn' } });
    const before = await measureDatabase(nodes);
    const load = await startLoad(works, nodes, workers);

    const series = await observe(nodes, minutes * 60_000);
    await load.stop();
    const after = await measureDatabase(nodes);

    t.diagnostic(`${load.lives()} lives, ${load.failures.length} failures`);
    assert.ok(load.lives() > minutes, 'the load was not too small to say something');
    for (const [name, { memory, files }] of series) {
      const [memoryLine, filesLine] = [fitLine(memory), fitLine(files)];
      const last = memory.at(-1)?.value ?? 0;
      t.diagnostic(
        `${name}: ${last.toFixed(0)} MiB, ${memoryLine.slope.toFixed(1)} MiB/h (at least ` +
          `${memoryLine.atLeast.toFixed(1)}), files ${filesLine.slope.toFixed(1)}/h`,
      );
      const hours = durationOf(memory) / 3600;
      const grown = memoryLine.atLeast * hours;
      assert.ok(memoryLine.atLeast <= memoryPerHour || grown <= memoryNoise, `memory of ${name}`);
      assert.ok(filesLine.atLeast * hours <= filesNoise, `open files of ${name}`);
    }
    assert.ok(after.pendingJobs < pendingJobs, `${after.pendingJobs} jobs wait`);
    assert.equal(after.deadJobs, 0);
    assert.equal(after.deadlocks - before.deadlocks, 0, 'deadlocks');
    for (const [table, count] of after.rows) {
      const perLife = (count - (before.rows.get(table) ?? 0)) / load.lives();
      if (perLife >= 0.5) t.diagnostic(`${table}: ${perLife.toFixed(1)} rows a life`);
      assert.ok(perLife <= rowsPerLife, `${table} grows by ${perLife} rows a life`);
    }
    for (const { log } of nodes.nodes) assert.doesNotMatch(log(), /"level":"(?:error|fatal)"/);
    const [busy, failed] = [
      load.failures.filter(isBusy),
      load.failures.filter((each) => !isBusy(each)),
    ];
    assert.deepEqual(failed.slice(0, 3), []);
    assert.ok(busy.length <= load.lives() * busyShare, `${busy.length} lives met a busy store`);
  },
);

interface Series {
  readonly memory: Point[];
  readonly files: Point[];
}

/** Measures the processes at equal intervals; the first half is not kept. */
async function observe(nodes: Nodes, milliseconds: number): Promise<ReadonlyMap<string, Series>> {
  const series = new Map<string, Series>(
    nodes.nodes.map((_, index) => [`node ${index + 1}`, { memory: [], files: [] }]),
  );
  const begun = performance.now();
  for (let done = 0; done < measurements; done += 1) {
    await pause(
      Math.max(0, ((done + 1) * milliseconds) / measurements - (performance.now() - begun)),
    );
    const seconds = (performance.now() - begun) / 1000;
    if (done < measurements / 2) continue;
    nodes.nodes.forEach((node, index) => {
      const { memory, files } = measureProcess(node.pid());
      const kept = series.get(`node ${index + 1}`);
      kept?.memory.push({ seconds, value: memory });
      kept?.files.push({ seconds, value: files });
    });
  }
  return series;
}

function durationOf(points: readonly Point[]): number {
  return (points.at(-1)?.seconds ?? 0) - (points[0]?.seconds ?? 0);
}
