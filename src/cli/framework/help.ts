// Help, made from the commands themselves.
import { allOptions } from './arguments.ts';
import type { CommandShape, Option } from './command.ts';
import { alignColumns } from './columns.ts';

const closing = `With --json, standard output is exactly one JSON document; when something goes wrong it is
{"error": code, "message": sentence}. The sentence is on standard error in any case, and so are logs.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 conflict with what is there,
5 done in part (user import).
Settings come from the environment and from .env; see docs/configuration.md.
`;

/** All commands, one line each. */
export function describeCommands(commands: readonly CommandShape[]): string {
  const typed = commands.filter(({ isInternal }) => !isInternal);
  const rows = typed.map((command) => [`  ${nameOf(command)}`, command.summary]);
  return [
    'Usage: ostiary <command> [options]\n',
    alignColumns(rows),
    '"ostiary <command> --help" shows the options of a command; "ostiary --version" the version.',
    closing,
  ].join('\n');
}

/** The usage of one command, its options and their meaning. */
export function describeCommand(command: CommandShape): string {
  const rows = Object.entries(allOptions(command)).map(([name, option]) => [
    `  ${writeOption(name, option)}`,
    option.meaning,
  ]);
  return `${describeUsage(command)}\n${command.summary}\n\n${alignColumns(rows)}\n`;
}

export function describeUsage(command: CommandShape): string {
  const options = Object.entries(allOptions(command)).filter(([name]) => name !== 'help');
  const words = options.map(([name, option]) => {
    const written = writeOption(name, option);
    return option.isRequired ? written : `[${written}]`;
  });
  return `Usage: ostiary ${[nameOf(command), ...words].join(' ')}\n`;
}

function nameOf({ name, operand }: CommandShape): string {
  return operand === undefined ? name : `${name} ${operand}`;
}

function writeOption(name: string, { value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}
