// Help texts, generated from the command definitions.
import { allOptions } from './arguments.ts';
import type { CommandShape, Option } from './command.ts';
import { alignColumns } from './columns.ts';

const closing = `With --json, standard output is exactly one JSON document; after an error it is
{"error": code, "message": sentence}. The message and all logs go to standard error.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 conflict with existing data,
5 partially done (user import).
Settings come from the environment and from .env; see docs/configuration.md.
`;

/** One line per command. */
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

/** Usage of one command, with the meaning of its options. */
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
