// Parses the command line: finds the command and reads its options. Error messages never repeat
// values, because a value may be a password.
import { parseArgs } from 'node:util';
import { nearestName } from '#platform/edit-distance.ts';
import type { Arguments, CommandShape, Options } from './command.ts';

/** The command line is invalid; the usage is printed with the message. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command with the longest matching name, and the remaining arguments. */
export function findCommand<Shape extends CommandShape>(
  commands: readonly Shape[],
  argv: readonly string[],
): { readonly command: Shape; readonly rest: readonly string[] } | undefined {
  const matches = commands.flatMap((command) =>
    namesOf(command).flatMap((name) => {
      const words = name.split(' ');
      const isMatch = words.every((word, position) => argv[position] === word);
      return isMatch ? [{ command, count: words.length }] : [];
    }),
  );
  const [longest] = matches.toSorted((a, b) => b.count - a.count);
  return longest && { command: longest.command, rest: argv.slice(longest.count) };
}

export function namesOf({ name, aliases = [] }: CommandShape): readonly string[] {
  return [name, ...aliases];
}

/** True if help is requested, whatever else is on the command line. */
export function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const options = end === -1 ? argv : argv.slice(0, end);
  return options.some((word) => word === '--help' || word === '-h');
}

/** @throws UsageError */
export function readArguments(command: CommandShape, argv: readonly string[]): Arguments {
  const parsed = parse(allOptions(command), protectIds(command, argv));
  const args = wrap(parsed);
  requireOperand(command, parsed.positionals);
  requireOptions(command.options, parsed.values);
  command.check?.(args);
  return args;
}

/** A random id as this server generates it. */
const idForm = /^-[\w-]{20,}$/;

/** One in 64 ids begins with a hyphen: it must not be parsed as an option. */
function protectIds(command: CommandShape, argv: readonly string[]): readonly string[] {
  if (argv.includes('--')) return argv;
  const options = allOptions(command);
  const known = new Set(Object.keys(options).map((name) => `--${name}`));
  const words: string[] = [];
  const operands: string[] = [];
  for (const word of argv) {
    const before = words.at(-1);
    const isId = idForm.test(word) && !known.has(word);
    if (isId && before !== undefined && takesValue(options, before)) {
      words[words.length - 1] = `${before}=${word}`;
    } else (isId && command.operand !== undefined ? operands : words).push(word);
  }
  return operands.length > 0 ? [...words, '--', ...operands] : words;
}

function takesValue(options: Options, word: string): boolean {
  return word.startsWith('--') && options[word.slice(2)]?.value !== undefined;
}

function wrap({ values, positionals }: Parsed): Arguments {
  const text = (option: string) => {
    const value = values[option];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    operand: positionals[0] ?? '',
    text,
    required(option) {
      const value = text(option);
      if (value === undefined) throw new UsageError(`--${option} is missing.`);
      return value;
    },
    has: (option) => values[option] !== undefined,
    list(option) {
      const value = values[option];
      return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
    },
  };
}

/** The options of the command, and those that every command has. */
export function allOptions({ options, hasAnswer }: CommandShape): Options {
  const json = { meaning: 'Print one JSON document instead of text' };
  return {
    ...options,
    ...(hasAnswer === false ? {} : { json }),
    help: { meaning: 'Show this help' },
  };
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

interface Parsed {
  readonly values: Values;
  readonly positionals: readonly string[];
}

function parse(options: Options, argv: readonly string[]): Parsed {
  const types = Object.entries(options).map(
    ([name, { value, isRepeatable = false }]) =>
      [name, { type: value === undefined ? 'boolean' : 'string', multiple: isRepeatable }] as const,
  );
  try {
    const parsed = parseArgs({
      args: [...argv],
      options: Object.fromEntries(types),
      allowPositionals: true,
      tokens: true,
    });
    const names = parsed.tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const repeated = names.find(
      (name, position) => names.indexOf(name) < position && !options[name]?.isRepeatable,
    );
    if (repeated !== undefined) throw new UsageError(`--${repeated} is given twice.`);
    return parsed;
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError(explain(error, options), { cause: error });
  }
}

function explain(error: unknown, options: Options): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const message = error instanceof Error ? error.message : '';
  const [option = 'An option'] = /--?[\w-]+/.exec(message) ?? [];
  if (option.startsWith('--password')) {
    return 'Passwords are not accepted as arguments, which others can see: use --password-stdin.';
  }
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return explainUnknown(option, options);
  if (!/argument missing|ambiguous/.test(message)) return `${option} takes no value.`;
  return `${option} needs a value. Write a value that begins with - as ${option}=VALUE.`;
}

function explainUnknown(option: string, options: Options): string {
  const near = nearestName(option.replace(/^-+/, ''), Object.keys(options));
  const hint = near === undefined ? '' : ` Did you mean --${near}?`;
  return `There is no option ${option} here.${hint}`;
}

function requireOperand({ operand }: CommandShape, positionals: readonly string[]): void {
  const [given = '', ...others] = positionals;
  if (others.length > 0 || (given !== '' && operand === undefined)) {
    throw new UsageError('Too many arguments.');
  }
  if (given === '' && operand !== undefined) throw new UsageError(`${operand} is missing.`);
}

function requireOptions(options: Options, values: Values): void {
  for (const [name, { isRequired, asks, value }] of Object.entries(options)) {
    const given = values[name];
    if (isRequired && given === undefined) {
      const isConfirmation = asks === 'confirmation';
      throw new UsageError(
        isConfirmation
          ? `This cannot be undone. Add --${name} to confirm.`
          : `--${name} is missing.`,
      );
    }
    const isEmpty = given === '' || (Array.isArray(given) && given.includes(''));
    if (value !== undefined && isEmpty) throw new UsageError(`--${name} is empty.`);
  }
}
