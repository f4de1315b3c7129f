// Runs one command and prints its result; all results and errors are written here.
import { readArguments } from './arguments.ts';
import type { Command, CommandShape, ExitCode, Io } from './command.ts';
import { describeFailure } from './failures.ts';
import { describeUsage } from './help.ts';

/** The context for reporting an error. */
export interface Reporting {
  readonly command: CommandShape;
  /** The arguments after the name of the command. */
  readonly argv: readonly string[];
  readonly io: Io;
  /** Logs unexpected errors. */
  readonly logBug: (error: unknown) => void;
}

export interface Run<Context> extends Reporting {
  readonly command: Command<Context>;
  readonly context: Context;
}

/** Returns the exit code; never throws. */
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

/** Prints an error in the same two formats as a result. */
export function reportFailure(error: unknown, { command, argv, io, logBug }: Reporting): ExitCode {
  const { code, message, exitCode, isBug } = describeFailure(error);
  if (isBug) logBug(error);
  if (argv.includes('--json')) io.out(`${JSON.stringify({ error: code, message })}\n`);
  io.err(`${io.paint.bad(message)}\n`);
  if (exitCode === 2) io.err(describeUsage(command));
  return exitCode;
}
