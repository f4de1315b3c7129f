// Help texts, generated from the command definitions.
import { allOptions } from './arguments.ts';
import type { CommandShape, Option } from './command.ts';
import { alignColumns } from './columns.ts';
import type { Paint } from './terminal/paint.ts';

/**
 * In the order of the help. A command belongs to the group of its first word; a test checks that each command
 * has a group, because the help would omit it otherwise.
 */
const groups: readonly (readonly [title: string, words: readonly string[]])[] = [
  [
    'Server',
    ['serve', 'setup-link', 'doctor', 'config', 'migrate', 'statistics', 'log', 'version'],
  ],
  ['Users', ['user', 'supplement']],
  ['Sessions and grants', ['session', 'grant', 'impersonation', 'ciba']],
  ['Clients and APIs', ['client', 'initial-access-token', 'statement-issuer', 'resource']],
  ['Roles, groups and organizations', ['role', 'group', 'organization']],
  ['Identity providers and branding', ['provider', 'branding']],
  ['Configuration as code', ['apply', 'export']],
  ['Keys and audit', ['key', 'audit', 'approvals']],
  ['Mail and events', ['mail', 'outbox', 'webhook', 'signal-stream']],
  ['Backup', ['backup', 'restore', 'database']],
  ['Programs', ['openapi', 'completion']],
];

const closing = `"ostiary <command> --help" shows the options of a command with examples, "ostiary --version" the
version.

With --json, standard output is exactly one JSON document; after an error it is
{"error": code, "message": sentence}. The message and all logs go to standard error.

Exit codes: 0 done, 1 failed or a check of doctor, audit verify or client check failed, 2 wrong
usage, or a difference found by apply --plan, 3 not found, 4 conflict with existing data, 5 partially
done (user import).
Settings come from the environment and from .env; see docs/configuration.md. Colors are shown on a
terminal, unless NO_COLOR is set.
`;

const beginning = ['setup-link', 'user create --email ann@example.org'];

/** One line per command, in groups. */
export function describeCommands(commands: readonly CommandShape[], paint: Paint): string {
  return [
    'Usage: ostiary <command> [options]\n',
    ...describeGroups(commands, paint),
    describeExamples([...beginning, webApp], paint),
    closing,
  ].join('\n');
}

const webApp =
  'client create --name "My app" --type web --redirect-uri https://app.example/callback';

/** The commands that begin with these words, such as `user`. */
export function describeGroup(commands: readonly CommandShape[], paint: Paint): string {
  return ['Usage: ostiary <command> [options]\n', ...describeGroups(commands, paint)].join('\n');
}

function describeGroups(commands: readonly CommandShape[], paint: Paint): readonly string[] {
  return groups.flatMap(([title, words]) => {
    const members = commands
      .filter(({ name, isInternal }) => !isInternal && words.includes(firstWord(name)))
      .toSorted((a, b) => words.indexOf(firstWord(a.name)) - words.indexOf(firstWord(b.name)));
    if (members.length === 0) return [];
    const rows = members.map((command) => [`  ${nameOf(command)}`, command.summary]);
    return [`${paint.strong(title)}\n${alignColumns(rows)}`];
  });
}

function firstWord(name: string): string {
  return name.split(' ', 1).join('');
}

/** Usage of one command, with the meaning of its options and examples. */
export function describeCommand(command: CommandShape, paint: Paint): string {
  const rows = Object.entries(allOptions(command)).map(([name, option]) => [
    `  ${writeOption(name, option)}`,
    option.meaning,
  ]);
  return [
    `${describeUsage(command)}\n${command.summary}\n`,
    `${paint.strong('Options')}\n${alignColumns(rows)}`,
    ...(command.examples ? [describeExamples(command.examples, paint)] : []),
  ].join('\n');
}

function describeExamples(examples: readonly string[], paint: Paint): string {
  const lines = examples.map((example) => `  ostiary ${example}\n`).join('');
  return `${paint.strong(examples.length === 1 ? 'Example' : 'Examples')}\n${lines}`;
}

export function describeUsage(command: CommandShape): string {
  const options = Object.entries(allOptions(command)).filter(([name]) => name !== 'help');
  const words = options.map(([name, option]) => {
    const written = writeOption(name, option);
    const isAlwaysWritten = option.isRequired && option.asks === undefined;
    return isAlwaysWritten ? written : `[${written}]${option.isRepeatable ? '...' : ''}`;
  });
  return `Usage: ostiary ${[nameOf(command), ...words].join(' ')}\n`;
}

function nameOf({ name, operand }: CommandShape): string {
  return operand === undefined ? name : `${name} ${operand}`;
}

function writeOption(name: string, { value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}
