// Runs commands in the process of the test: data commands on the services of a running application,
// the others with its settings.
import assert from 'node:assert/strict';
import { createDataContext, type DataContext } from '#cli/data-context.ts';
import { findCommand } from '#cli/framework/arguments.ts';
import { createIo } from '#cli/framework/inputs.ts';
import type { ExitCode } from '#cli/framework/command.ts';
import { runCommand, type Reporting } from '#cli/framework/run.ts';
import { createPaint } from '#cli/framework/terminal/paint.ts';
import { dataCommands } from '#cli/registry.ts';
import { processCommands } from '#cli/process-commands.ts';
import type { ProcessContext } from '#cli/framework/context.ts';
import type { Config } from '#config/config.ts';
import type { Services } from '#server/composition.ts';
import type { Ran } from './shell.ts';

export interface CommandRunner {
  run(args: readonly string[], stdin?: string): Promise<Ran>;
  /** Like `run`, but fails unless the command succeeds. */
  done(args: readonly string[], stdin?: string): Promise<Ran>;
}

export const allCommands = [...dataCommands, ...processCommands];

/** @param config the settings of process commands, if they differ from those of the application */
export function createCommandRunner(
  services: Services,
  config: Config = services.config,
): CommandRunner {
  const contexts = {
    data: createDataContext(services),
    process: createProcessContext(services, config),
  };
  const run = async (args: readonly string[], stdin?: string): Promise<Ran> => {
    const printed = { out: '', err: '' };
    const io = createIo(
      { files: {}, ...(stdin === undefined ? {} : { stdin }) },
      {
        out: (text) => void (printed.out += text),
        err: (text) => void (printed.err += text),
        write: async (text) => void (printed.out += text),
        paint: createPaint(false),
      },
    );
    const logBug = (error: unknown): never => {
      throw error;
    };
    const exitCode = await runFound(args, contexts, { io, logBug });
    return { ...printed, exitCode, json: () => parse(printed.out) };
  };
  return {
    run,
    async done(args, stdin) {
      const ran = await run(args, stdin);
      assert.equal(ran.exitCode, 0, ran.err);
      return ran;
    },
  };
}

interface Contexts {
  readonly data: DataContext;
  readonly process: ProcessContext;
}

function runFound(
  args: readonly string[],
  contexts: Contexts,
  reporting: Pick<Reporting, 'io' | 'logBug'>,
): Promise<ExitCode> {
  const ofProcess = findCommand(processCommands, args);
  if (ofProcess) {
    const { command, rest: argv } = ofProcess;
    return runCommand({ command, argv, context: contexts.process, ...reporting });
  }
  const ofData = findCommand(dataCommands, args);
  assert.ok(ofData, `no such command: ${args.join(' ')}`);
  const { command, rest: argv } = ofData;
  return runCommand({ command, argv, context: contexts.data, ...reporting });
}

function createProcessContext({ now }: Services, config: Config): ProcessContext {
  return { env: {}, now, commands: allCommands, readConfig: () => config };
}

function parse(out: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(out);
  return Object.fromEntries(Object.entries(Object(value)));
}
