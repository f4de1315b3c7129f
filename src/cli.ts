// Entry point of the command line: finds the command, gives it its context, and exits with its exit
// code. The commands are listed in cli/registry.ts.
import { dataCommands } from '#cli/registry.ts';
import type { DataCommand } from '#cli/data-context.ts';
import type { ProcessCommand, ProcessContext } from '#cli/framework/context.ts';
import { asksForHelp, findCommand, namesOf, readArguments } from '#cli/framework/arguments.ts';
import type { CommandShape, ExitCode, Print } from '#cli/framework/command.ts';
import { describeCommand, describeCommands, describeGroup } from '#cli/framework/help.ts';
import { createIo, gatherInputs } from '#cli/framework/inputs.ts';
import { reportFailure, runCommand } from '#cli/framework/run.ts';
import { suggestCommand } from '#cli/framework/suggestions.ts';
import { askForMissing } from '#cli/framework/terminal/missing-options.ts';
import { createPaint } from '#cli/framework/terminal/paint.ts';
import { findTerminal } from '#cli/framework/terminal/terminal.ts';
import { runDataCommand } from '#cli/run-command.ts';
import { processCommands } from '#cli/process-commands.ts';
import { version } from '#cli/version.ts';
import { AppError } from '#platform/errors.ts';
import { readConfig } from '#config/config.ts';
import { createLog } from '#platform/logging/log.ts';

const commands: readonly CommandShape[] = [...dataCommands, ...processCommands];
const now = (): Date => new Date();
const print: Print = {
  // A stream that is not a terminal has no such method, which also respects NO_COLOR.
  paint: createPaint(process.stdout.isTTY && process.stdout.hasColors()),
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
  commands,
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
  if (argv[0] === '--version') {
    print.out(`${version}\n`);
    return 0;
  }
  if (argv[0] === 'help') return showHelp(argv.slice(1));
  if (asksForHelp(argv)) return showHelp(argv);
  const ofProcess = findCommand(processCommands, argv);
  if (ofProcess) return guard(ofProcess, () => runInProcess(ofProcess));
  const ofData = findCommand(dataCommands, argv);
  if (ofData) return guard(ofData, () => runOnData(ofData));
  return explainMiss(argv);
}

interface Typed<Shape> {
  readonly command: Shape;
  readonly rest: readonly string[];
}

function runInProcess({ command, rest: argv }: Typed<ProcessCommand>): Promise<ExitCode> {
  return runCommand({ command, argv, context, io: createIo({ files: {} }, print), logBug });
}

async function runOnData({ command, rest }: Typed<DataCommand>): Promise<ExitCode> {
  const { argv, typed } = await askForMissing(command, rest, findTerminal());
  const inputs = await gatherInputs(command, readArguments(command, argv), typed);
  const config = context.readConfig();
  // Start-up messages are suppressed unless LOG_LEVEL is set.
  const log = createLog({ level: process.env['LOG_LEVEL'] ? config.logLevel : 'error' });
  const words = [...command.name.split(' '), ...argv];
  return runDataCommand({ command, words, argv, inputs, config, log, now, print, logBug });
}

/** An error that prevents a command from running is reported like the command's own errors. */
async function guard(
  { command, rest: argv }: Typed<CommandShape>,
  run: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    return reportFailure(error, { command, argv, io: createIo({ files: {} }, print), logBug });
  }
}

/** Help for a command, for the commands that begin with a word such as `user`, or for all. */
function showHelp(argv: readonly string[]): ExitCode {
  const found = findCommand(commands, argv);
  const near = found ? [] : startingWith(argv[0]);
  if (found) print.out(describeCommand(found.command, print.paint));
  else if (near.length > 0) print.out(describeGroup(near, print.paint));
  else print.out(describeCommands(commands, print.paint));
  return 0;
}

function startingWith(word: string | undefined): readonly CommandShape[] {
  return commands.filter((command) => namesOf(command).some((name) => name.startsWith(`${word} `)));
}

/** An incomplete command, such as `user`, lists all commands that begin with it. */
function explainMiss(argv: readonly string[]): ExitCode {
  const near = startingWith(argv[0]).filter(({ isInternal }) => !isInternal);
  const isIncomplete = near.length > 0 && argv.length === 1;
  if (argv.length === 0) print.err(describeCommands(commands, print.paint));
  else if (isIncomplete) print.err(describeGroup(near, print.paint));
  else {
    const meant = suggestCommand(commands, argv);
    const hint = meant === undefined ? '' : ` Did you mean "ostiary ${meant}"?`;
    print.err(`There is no such command.${hint} "ostiary --help" lists all.\n`);
  }
  return 2;
}
