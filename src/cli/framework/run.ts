// Runs one command and prints what came of it: the one place that writes answers and failures.
import { readArguments } from './arguments.ts';
import type { Command, CommandShape, ExitCode, Io } from './command.ts';
import { describeFailure } from './failures.ts';
import { describeUsage } from './help.ts';

/** What is needed to say that something went wrong. */
export interface Reporting {
  readonly command: CommandShape;
  /** What was typed behind the command's own words. */
  readonly argv: readonly string[];
  readonly io: Io;
  /** For what nobody foresaw. */
  readonly logBug: (error: unknown) => void;
}

export interface Run<Context> extends Reporting {
  readonly command: Command<Context>;
  readonly context: Context;
}

/** The exit code; nothing is thrown. */
export async function runCommand<Context>(run: Run<Context>): Promise<ExitCode> {
  const { command, argv, context, io } = run;
  try {
    const args = readArguments(command, argv);
    const { document, text, exitCode = 0 } = await command.run(context, args, io);
    io.out(args.has('json') ? `${JSON.stringify(document)}\n` : text);
    return exitCode;
  } catch (error) {
    return reportFailure(error, run);
  }
}

/** Says what went wrong, in the same two ways as an answer. */
export function reportFailure(error: unknown, { command, argv, io, logBug }: Reporting): ExitCode {
  const { code, message, exitCode, isBug } = describeFailure(error);
  if (isBug) logBug(error);
  if (argv.includes('--json')) io.out(`${JSON.stringify({ error: code, message })}\n`);
  io.err(`${message}\n`);
  if (exitCode === 2) io.err(describeUsage(command));
  return exitCode;
}
