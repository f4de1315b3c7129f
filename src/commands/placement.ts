// Where a command that works on data runs: in this process on connections of its own, or inside the
// server that holds the embedded database.
import { setTimeout as pause } from 'node:timers/promises';
import { isAppError } from '#domain/errors.ts';
import type { Config } from '#platform/settings/config.ts';
import { completeKeys } from '#platform/settings/development-keys.ts';
import type { Log } from '#platform/logging/log.ts';
import { createDataContext, type DataCommand, type DataContext } from './context.ts';
import type { ExitCode, Print } from './line/command.ts';
import { createIo, type Inputs } from './line/inputs.ts';
import { runCommand } from './line/run.ts';
import { runRemotely } from './remote.ts';

/** For a server that is starting, or another command that is about to finish. */
const patienceMs = 10_000;
const retryMs = 100;

export interface Placed {
  readonly command: DataCommand;
  /** What was typed, the command's own words included. */
  readonly words: readonly string[];
  readonly argv: readonly string[];
  readonly inputs: Inputs;
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
  readonly print: Print;
  readonly logBug: (error: unknown) => void;
}

/** @throws what kept the command from being run at all */
export async function runWhereDataIs(placed: Placed): Promise<ExitCode> {
  const { config, words, inputs, print } = placed;
  if (config.databaseUrl !== undefined) return runHere(placed);
  let isWaiting = false;
  const patient = AbortSignal.timeout(patienceMs);
  for (;;) {
    const reply = await runRemotely(config.dataDirectory, { argv: words, inputs }, print.write);
    if (reply) {
      print.out(reply.out);
      print.err(reply.err);
      return readExitCode(reply.exitCode);
    }
    try {
      return await runHere(placed);
    } catch (error) {
      const isHeld = isAppError(error, 'conflict');
      if (!isHeld || patient.aborted) throw error;
      if (!isWaiting) print.err('Waiting for another process that is using the data directory.\n');
      isWaiting = true;
      await pause(retryMs);
    }
  }
}

async function runHere(placed: Placed): Promise<ExitCode> {
  const { command, argv, inputs, print, logBug } = placed;
  const { context, close } = await openContext(placed);
  try {
    return await runCommand({ command, argv, context, io: createIo(inputs, print), logBug });
  } finally {
    await close();
  }
}

/** Loaded only now: a command that runs elsewhere needs neither database nor engine. */
async function openContext({
  config,
  log,
  now,
}: Placed): Promise<{ context: DataContext; close: () => Promise<void> }> {
  const { openInstallation } = await import('#installation.ts');
  // No command here touches what is in Redis, and none shall fail because Redis does.
  const { redisUrl: _unused, ...withoutRedis } = await completeKeys(config);
  const installation = await openInstallation({ config: withoutRedis, log, now });
  return { context: createDataContext(installation), close: () => installation.close() };
}

function readExitCode(code: number): ExitCode {
  return code === 0 || code === 2 || code === 3 || code === 4 ? code : 1;
}
