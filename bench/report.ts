// `npm run bench:report`: all measurements of docs/performance.md, then the document. A measurement that
// misses its goal does not stop the others; one that fails keeps the previous results.
import { spawnSync } from 'node:child_process';

const root = new URL('..', import.meta.url);
/** Chosen so that all of it takes less than eight minutes on a quiet machine with two cores. */
const steps: readonly (readonly string[])[] = [
  ['bench/run.ts', 'load', '--seconds=1.2', '--rounds=3', '--keep'],
  ['bench/run.ts', 'growth', '--seconds=0.7', '--rounds=2', '--keep'],
  ['bench/run.ts', 'workers', '--seconds=1.2', '--rounds=2', '--keep'],
  ['bench/run.ts', 'starts', '--keep'],
  ['bench/document/write.ts'],
];
const begun = performance.now();

for (const step of steps) {
  const { status } = spawnSync(process.execPath, step, { cwd: root, stdio: 'inherit' });
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  process.stdout.write(
    `\n${step.slice(0, 2).join(' ')}: status ${status}, ${seconds} s so far\n\n`,
  );
  if (status !== 0) process.exitCode = 1;
}
