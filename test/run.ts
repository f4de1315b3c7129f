// `npm test`: starts the services that the tests need, runs the tests and stops the services.
// The results are printed and written to test-results/junit.xml, or test-results/NAME.xml with
// --results NAME before the files.
//   npm test                                                              all tests
//   npm run test:unit                                                     one kind (package.json)
//   npm test -- test/integration/database/users-store.test.ts 'test/docs/*.test.ts'   these files
import { globSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFiles } from './support/runner/run-files.ts';
import { slowestFirst } from './support/runner/slowest-first.ts';
import { buildProgram } from './support/services/built-program.ts';
import { prepareTemplates } from './support/services/database-templates.ts';
import { providePrograms } from './support/services/programs.ts';
import { startServices } from './support/services/services.ts';

type Variables = Readonly<Record<string, string>>;

const root = join(import.meta.dirname, '..');
const everything = 'test/**/*.test.ts';
/** With fewer files, building the program takes longer than it saves. */
const fewFiles = 20;
/** The exit code that shells expect after Ctrl-C. */
const interruptedExitCode = 130;

// A test that was interrupted may still wait for something.
process.exit(await main(process.argv.slice(2)));

async function main(argv: readonly string[]): Promise<number> {
  const { results, patterns } = readArguments(argv);
  process.chdir(root);
  const files = globSync(patterns.length > 0 ? patterns : [everything]);
  if (files.length === 0) return complain(`No such test file: ${patterns.join(' ')}`);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort());
  }
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-test-'));
  // PostgreSQL runs as another user if the tests run as root.
  await chmod(directory, 0o711);
  try {
    const plan = { files: slowestFirst(files), results, directory };
    const passed = await runTests(plan, interrupted.signal);
    return interrupted.signal.aborted ? interruptedExitCode : Number(!passed);
  } catch (error) {
    return complain(error instanceof Error ? error.message : String(error));
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function readArguments(argv: readonly string[]) {
  const [option, name, ...patterns] = argv;
  if (option !== '--results' || !name) return { results: 'junit', patterns: argv };
  return { results: name, patterns };
}

interface Plan {
  readonly files: readonly string[];
  /** The name of the file of the results. */
  readonly results: string;
  /** The directory of the run, which is removed afterwards. */
  readonly directory: string;
}

async function runTests(
  { files, results, directory }: Plan,
  signal: AbortSignal,
): Promise<boolean> {
  const run = (env: Variables) => runFiles(files, { results, directory, env, signal });
  if (files.every((file) => file.startsWith('test/unit/'))) return run({});
  return withServices(directory, async (env) => {
    if (signal.aborted) return false;
    const program = files.length < fewFiles ? undefined : await buildProgram();
    try {
      return await run({ ...env, ...program?.env });
    } finally {
      await program?.remove();
    }
  });
}

async function withServices<Result>(
  directory: string,
  work: (env: Variables) => Promise<Result>,
): Promise<Result> {
  const services = await startServices(providePrograms(say), directory, {
    databaseUrl: process.env['TEST_DATABASE_URL'],
    redisUrl: process.env['TEST_REDIS_URL'],
  });
  try {
    const templates = await prepareTemplates(services, directory);
    try {
      return await work(templates.env);
    } finally {
      await templates.remove();
    }
  } finally {
    await services.stop();
  }
}

function complain(line: string): number {
  say(line);
  return 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
