// `npm run bench:queries`: opens every page of the panel on a database with 100,000 users, 50,000
// sessions and a million audit events, and prints how long the server takes and the plans of the
// slowest statements; a page that takes too long fails it. `-- --write` writes docs/queries.md. It takes about
// three minutes.
//   npm run bench:queries -- --users=1000 --sessions=500 --audit-events=10000
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createLog } from '#platform/logging/log.ts';
import { medianOf } from '#bench/load/results.ts';
import { withServices } from '#bench/services.ts';
import { fillDatabase, seededAdmin } from '#bench/seed/fill.ts';
import { readSizes, sizeOptions } from '#bench/seed/rows.ts';
import { startMeasuredApp, type MeasuredApp } from './measured-app.ts';
import { findExamples, visitedPages } from './pages.ts';
import { explain, recordStatements, type Recorded, type StatementRecorder } from './statements.ts';
import { describeReport, longestPageMs, type PageTime } from './report.ts';

const rounds = 7;
const shownStatements = 10;
const say = (line: string) => void process.stdout.write(`${line}\n`);
const { values } = parseArgs({ options: { ...sizeOptions, write: { type: 'boolean' } } });
const sizes = readSizes(values);

async function visitAll(
  app: MeasuredApp,
  recorder: StatementRecorder,
): Promise<readonly PageTime[]> {
  const open = await app.signInToPanel(seededAdmin);
  const pages = visitedPages(await findExamples(app.services.db));
  const times: PageTime[] = [];
  for (const { name, path } of pages) {
    const milliseconds: number[] = [];
    recorder.attribute(name);
    for (let round = 0; round < rounds; round += 1) {
      const started = performance.now();
      const { status } = await open(path);
      milliseconds.push(performance.now() - started);
      if (status !== 200) throw new Error(`${path} answered ${status}`);
    }
    times.push({ name, path, milliseconds });
  }
  return times;
}

await withServices(say, async ({ createDatabase, redisUrl }, t) => {
  const log = createLog({ level: 'error' });
  const app = await startMeasuredApp(t, {
    databaseUrl: await createDatabase(),
    redisUrl,
    log,
    key: randomBytes(32),
  });
  await fillDatabase(app.services, sizes, say);
  const recorder = recordStatements();
  t.after(async () => recorder.stop());
  const times = await visitAll(app, recorder);
  const slowest: readonly Recorded[] = recorder.list().slice(0, shownStatements);
  recorder.stop();
  const plans = [];
  for (const recorded of slowest)
    plans.push({ recorded, plan: await explain(app.services.db, recorded) });
  const report = describeReport({ sizes, times, plans });
  if (values.write) await writeFile(new URL('../../docs/queries.md', import.meta.url), report);
  else say(report);
  for (const { name, milliseconds } of times) {
    const median = medianOf(milliseconds);
    if (median <= longestPageMs) continue;
    say(`${name} takes ${median.toFixed(0)} ms, more than ${longestPageMs} ms.`);
    process.exitCode = 1;
  }
});
