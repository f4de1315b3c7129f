// Runs test files in several processes at the same time. The results go to standard output and, for continuous
// integration, to a JUnit XML file.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { junit, spec } from 'node:test/reporters';
import { divide, writePrograms } from './processes.ts';

const resultsFolder = 'test-results';
/**
 * Compiles WebAssembly without optimizing it: the embedded database then starts in half the CPU time,
 * and no test runs long enough for the optimized code to gain that back.
 */
export const quickWasm = ['--liftoff-only'] as const;
/** A test, and a file that shares its process, may take this long, also on a busy machine. */
const timeoutMs = 1_200_000;

interface RunOptions {
  /** The name of the JUnit XML file. */
  readonly results: string;
  /** The directory of the run, which is removed afterwards. */
  readonly directory: string;
  /** Environment variables of the tests. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Starts the files in this order. Resolves to true if every test passed. */
export async function runFiles(
  files: readonly string[],
  { results, directory, env, signal }: RunOptions,
): Promise<boolean> {
  // What a test leaves behind is removed with the directory of the run, even if it is interrupted.
  const temporary = join(directory, 'tmp');
  await mkdir(temporary, { mode: 0o711 });
  await mkdir(resultsFolder, { recursive: true });
  const resultsFile = join(resultsFolder, `${results}.xml`);
  // Test processes inherit the environment. Each imports the application: the cache halves the time.
  const cache = 'node_modules/.cache/ostiary-test';
  Object.assign(process.env, env, { TMPDIR: temporary, NODE_COMPILE_CACHE: cache });

  // One more than there are processors, because tests also wait: for a browser, for a time limit.
  const concurrency = Number(process.env['TEST_CONCURRENCY'] ?? availableParallelism() + 1);
  const processes = divide(files, concurrency);
  const events = run({
    files: [...(await writePrograms(processes, join(directory, 'programs')))],
    concurrency,
    timeout: timeoutMs,
    signal,
    execArgv: quickWasm,
  });
  let failures = 0;
  let tests = 0;
  const missing = new Set(processes.filter(({ length }) => length > 1).flat());
  events.on('test:pass', ({ name }) => void missing.delete(name));
  events.on('test:fail', ({ name, todo }) => {
    missing.delete(name);
    if (todo === undefined) failures += 1;
  });
  events.on('test:summary', ({ counts }) => void (tests = counts.tests));
  const begun = performance.now();
  await Promise.all([
    pipeline(events.compose(new spec()), process.stdout, { end: false }),
    pipeline(events.compose(junit), withoutControlCharacters, createWriteStream(resultsFile)),
  ]);
  const seconds = Math.round((performance.now() - begun) / 1000);
  for (const file of missing) process.stdout.write(`not run, because its process ended: ${file}\n`);
  const hasPassed = failures === 0 && missing.size === 0;
  const outcome = hasPassed ? 'passed' : 'failed';
  process.stdout.write(
    `${outcome}: ${tests} tests of ${files.length} files in ${seconds} s; ` +
      `JUnit XML in ${relative(process.cwd(), resultsFile)}\n`,
  );
  return hasPassed;
}

/**
 * XML 1.0 allows no control characters, not even escaped ones, but messages of failed tests contain
 * the colors of a terminal.
 */
export async function* withoutControlCharacters(
  chunks: AsyncIterable<string | Buffer>,
): AsyncGenerator<string> {
  // oxlint-disable-next-line no-control-regex -- these are the characters to remove
  for await (const chunk of chunks) yield String(chunk).replaceAll(/[\0-\x08\v\f\x0e-\x1f]/g, '');
}
