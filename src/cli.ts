// Entry point of the command line: finds the command, gives it its context, and exits with its exit
// code. The commands are listed in cli/registry.ts.
import { dataCommands } from '#cli/registry.ts';
import type { DataCommand } from '#cli/data-context.ts';
import type { ProcessCommand, ProcessContext } from '#cli/framework/context.ts';
import { findCommand, readArguments } from '#cli/framework/arguments.ts';
import type { CommandShape, ExitCode, Print } from '#cli/framework/command.ts';
import { describeCommand, describeCommands, describeUsage } from '#cli/framework/help.ts';
import { createIo, gatherInputs } from '#cli/framework/inputs.ts';
import { reportFailure, runCommand } from '#cli/framework/run.ts';
import { runDataCommand } from '#cli/run-command.ts';
import { processCommands } from '#cli/process-commands.ts';
import { version } from '#cli/version.ts';
import { AppError } from '#platform/errors.ts';
import { readConfig } from '#config/config.ts';
import { createLog } from '#platform/logging/log.ts';

const commands: readonly CommandShape[] = [...processCommands, ...dataCommands];
const now = (): Date => new Date();
const print: Print = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (cause) => {
        if (!cause) return resolve();
        reject(new AppError('timeout', 'The reader of the output has closed it.', { cause }));
      });
    }),
};
const logBug = (err: unknown): void => {
  createLog({ level: 'error' }).error({ event: 'command.failed', err }, 'a command failed');
};
const context: ProcessContext = {
  env: process.env,
  now,
  readConfig() {
    try {
      return readConfig(process.env);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : 'The settings cannot be read.';
      throw new AppError('invalid_input', message, { cause });
    }
  },
};

// The reader of a pipe may close it early, as `head` does.
process.stdout.on('error', () => undefined);
process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<ExitCode> {
  if (['--help', '-h', 'help'].includes(argv[0] ?? '')) return showCommands(print.out, 0);
  if (argv[0] === '--version') {
    print.out(`${version}\n`);
    return 0;
  }
  const ofProcess = findCommand(processCommands, argv);
  if (ofProcess) return guard(ofProcess, () => runInProcess(ofProcess));
  const ofData = findCommand(dataCommands, argv);
  if (ofData) return guard(ofData, () => runOnData(ofData, argv));
  return explainMiss(argv[0]);
}

interface Typed<Shape> {
  readonly command: Shape;
  readonly rest: readonly string[];
}

function runInProcess({ command, rest: argv }: Typed<ProcessCommand>): Promise<ExitCode> {
  return runCommand({ command, argv, context, io: createIo({ files: {} }, print), logBug });
}

async function runOnData(
  { command, rest }: Typed<DataCommand>,
  argv: readonly string[],
): Promise<ExitCode> {
  const inputs = await gatherInputs(command, readArguments(command, rest));
  const config = context.readConfig();
  // Start-up messages are suppressed unless LOG_LEVEL is set.
  const log = createLog({ level: process.env['LOG_LEVEL'] ? config.logLevel : 'error' });
  const placed = { command, words: argv, argv: rest, inputs, config, log, now, print, logBug };
  return runDataCommand(placed);
}

/**
 * --help takes precedence; whatever prevents a command from running is reported like its own
 * errors.
 */
async function guard(
  { command, rest: argv }: Typed<CommandShape>,
  run: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    if (!readArguments(command, argv).has('help')) return await run();
    print.out(describeCommand(command));
    return 0;
  } catch (error) {
    return reportFailure(error, { command, argv, io: createIo({ files: {} }, print), logBug });
  }
}

/** An incomplete command, such as `user`, prints the usage of all commands that begin with it. */
function explainMiss(word: string | undefined): ExitCode {
  if (word === undefined) return showCommands(print.err, 2);
  const near = commands.filter(
    ({ name, isInternal }) => !isInternal && name.startsWith(`${word} `),
  );
  const usages = near.map(describeUsage).join('');
  print.err(usages || 'There is no such command; "ostiary --help" lists all.\n');
  return 2;
}

function showCommands(write: (text: string) => void, exitCode: ExitCode): ExitCode {
  write(describeCommands(commands));
  return exitCode;
}
