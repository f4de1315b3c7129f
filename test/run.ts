// `npm test`: starts the services that the tests need, runs the tests and stops the services.
// Arguments limit the run to these files: npm test -- test/integration/database/users-store.test.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { providePrograms } from './support/services/programs.ts';
import { startServices, type Services } from './support/services/services.ts';
import { prepareTemplates } from './support/services/database-templates.ts';

const root = new URL('..', import.meta.url);
const everything = 'test/**/*.test.ts';
/** The exit code that shells expect after Ctrl-C. */
const interruptedExitCode = 130;

process.exit(await main());

async function main(): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort());
  }
  const services = await start();
  if (!services) return 1;
  try {
    const templates = await prepareTemplates(services);
    const exitCode = await runTests(process.argv.slice(2), templates.env, interrupted.signal);
    await templates.remove();
    return exitCode;
  } finally {
    await services.stop();
  }
}

async function start(): Promise<Services | undefined> {
  try {
    return await startServices(providePrograms(say), {
      databaseUrl: process.env['TEST_DATABASE_URL'],
      redisUrl: process.env['TEST_REDIS_URL'],
    });
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

async function runTests(
  files: readonly string[],
  env: Readonly<Record<string, string>>,
  interrupted: AbortSignal,
): Promise<number> {
  if (interrupted.aborted) return interruptedExitCode;
  const options = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-reporter=spec',
    '--test-timeout=180000',
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
  ];
  const child = spawn(
    process.execPath,
    [...options, ...(files.length > 0 ? files : [everything])],
    {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    },
  );
  interrupted.addEventListener('abort', () => child.kill('SIGTERM'));
  // Node reports the exit code, or null if a signal ended the process.
  const [code] = (await once(child, 'exit')) as [number | null];
  return interrupted.aborted ? interruptedExitCode : (code ?? 1);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
