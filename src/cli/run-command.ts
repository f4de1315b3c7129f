// Decides where a data command runs: in this process with its own connections, or inside the server
// that has the embedded database open.
import { setTimeout as pause } from 'node:timers/promises';
import { isAppError } from '#platform/errors.ts';
import type { Config } from '#config/config.ts';
import { completeKeys } from '#config/development-keys.ts';
import type { Log } from '#platform/logging/log.ts';
import { createDataContext, type DataCommand, type DataContext } from './data-context.ts';
import type { ExitCode, Print } from './framework/command.ts';
import { createIo, type Inputs } from './framework/inputs.ts';
import { runCommand } from './framework/run.ts';
import { runRemotely } from './remote.ts';

/** Time for a server to finish starting, or for another command to finish. */
const waitMs = 10_000;
const retryMs = 100;

/** What a process needs to open the database. */
export interface DataConnection {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
}

export interface DataCommandRun extends DataConnection {
  readonly command: DataCommand;
  /** The complete command line, including the name of the command. */
  readonly words: readonly string[];
  readonly argv: readonly string[];
  readonly inputs: Inputs;
  readonly print: Print;
  readonly logBug: (error: unknown) => void;
}

/** @throws what prevented the command from running */
export async function runDataCommand(placed: DataCommandRun): Promise<ExitCode> {
  const { config, words, inputs, print } = placed;
  return runAtData(config, print, {
    here: () => runHere(placed),
    async inServer() {
      const request = { argv: words, inputs, hasColors: print.paint.hasColors };
      const reply = await runRemotely(config.dataDirectory, request, print.write);
      if (!reply) return undefined;
      print.out(reply.out);
      print.err(reply.err);
      return readExitCode(reply.exitCode);
    },
  });
}

export interface Backends<Result> {
  /** @throws AppError `conflict` while another process uses the data directory */
  here(): Promise<Result>;
  /** `undefined`: no server is running. */
  inServer(): Promise<Result | undefined>;
}

/** Uses the server or this process, whichever can access the data, and retries for a while. */
export async function runAtData<Result>(
  { databaseUrl }: Config,
  { err }: Pick<Print, 'err'>,
  { here, inServer }: Backends<Result>,
): Promise<Result> {
  if (databaseUrl !== undefined) return here();
  let isWaiting = false;
  const timeout = AbortSignal.timeout(waitMs);
  for (;;) {
    const result = await inServer();
    if (result !== undefined) return result;
    try {
      return await here();
    } catch (error) {
      const isInUse = isAppError(error, 'conflict');
      if (!isInUse || timeout.aborted) throw error;
      if (!isWaiting) err('Waiting for another process that is using the data directory.\n');
      isWaiting = true;
      await pause(retryMs);
    }
  }
}

async function runHere(placed: DataCommandRun): Promise<ExitCode> {
  const { command, argv, inputs, print, logBug } = placed;
  const { context, close } = await openContext(placed);
  try {
    return await runCommand({ command, argv, context, io: createIo(inputs, print), logBug });
  } finally {
    await close();
  }
}

/**
 * Loaded only here: a command that runs in the server needs neither database nor oidc-provider
 * here.
 */
export async function openContext({
  config,
  log,
  now,
}: DataConnection): Promise<{ context: DataContext; close: () => Promise<void> }> {
  const { openServices } = await import('#server/composition.ts');
  // No command uses Redis, so none should fail because Redis is unavailable.
  const { redisUrl: _unused, ...withoutRedis } = await completeKeys(config);
  const services = await openServices({ config: withoutRedis, log, now, showsPages: false });
  return { context: createDataContext(services), close: () => services.close() };
}

function readExitCode(code: number): ExitCode {
  return code === 0 || code === 2 || code === 3 || code === 4 || code === 5 ? code : 1;
}
