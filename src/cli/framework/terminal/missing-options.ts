// Asks on a terminal for required input that the command line lacks: a password, which must not be an
// argument, and the confirmation of an irreversible command.
import { AppError } from '#platform/errors.ts';
import { readArguments } from '#cli/framework/arguments.ts';
import type { CommandShape, Option } from '#cli/framework/command.ts';
import type { Terminal } from './terminal.ts';

export interface Completed {
  readonly argv: readonly string[];
  /** The password that was typed, in place of standard input. */
  readonly typed?: string;
}

/**
 * The arguments with the answers of the user; unchanged without a terminal.
 * @throws UsageError for wrong arguments, before anything is asked
 */
export async function askForMissing(
  command: CommandShape,
  argv: readonly string[],
  terminal: Terminal | undefined,
): Promise<Completed> {
  const missing = terminal === undefined ? [] : listMissing(command, argv);
  if (!terminal || missing.length === 0) return { argv };
  const flags = missing.map(([name]) => `--${name}`);
  const completed = [...flags.filter((flag) => !argv.includes(flag)), ...argv];
  readArguments(command, completed);
  let typed: string | undefined;
  for (const [, option] of missing) {
    if (option.asks === 'confirmation') await confirm(option, terminal);
    if (option.asks === 'password') typed = await askTwice(terminal);
  }
  return typed === undefined ? { argv: completed } : { argv: completed, typed };
}

function listMissing({ options }: CommandShape, argv: readonly string[]) {
  return Object.entries(options).filter(
    ([name, { asks }]) =>
      asks === 'password' || (asks === 'confirmation' && !argv.includes(`--${name}`)),
  );
}

async function confirm({ meaning }: Option, terminal: Terminal): Promise<void> {
  const answer = await terminal.ask(`${meaning}. Continue? [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new AppError('invalid_input', 'Nothing was changed.');
}

async function askTwice(terminal: Terminal): Promise<string> {
  const first = await terminal.askHidden('Password: ');
  if (first === '') throw new AppError('invalid_input', 'No password was given.');
  const second = await terminal.askHidden('Repeat the password: ');
  if (first === second) return first;
  throw new AppError('invalid_input', 'The two passwords differ.');
}
