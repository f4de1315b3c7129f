// `completion`: prints a script that completes commands and options in a shell. It is generated from the
// command definitions, so that completion does not run this program.
import { allOptions, UsageError } from '#cli/framework/arguments.ts';
import type { CommandShape } from '#cli/framework/command.ts';
import type { ProcessCommand } from '#cli/framework/context.ts';

type Commands = readonly CommandShape[];

const scripts: ReadonlyMap<string, (commands: Commands) => string> = new Map([
  ['bash', writeBash],
  ['zsh', writeZsh],
  ['fish', writeFish],
]);

export const completion: ProcessCommand = {
  name: 'completion',
  summary: 'Print a script that completes commands and options in a shell.',
  operand: 'bash|zsh|fish',
  options: {},
  examples: [
    'completion bash > ~/.local/share/bash-completion/completions/ostiary',
    'completion zsh > "${fpath[1]}/_ostiary"',
    'completion fish > ~/.config/fish/completions/ostiary.fish',
  ],
  check: ({ operand }) => {
    if (!scripts.has(operand)) throw new UsageError('The shell must be bash, zsh or fish.');
  },
  async run({ commands }, { operand: shell }) {
    const script = scripts.get(shell)?.(commands.filter(({ isInternal }) => !isInternal)) ?? '';
    return { document: { shell, script }, text: script };
  },
};

function writeBash(commands: Commands): string {
  return [
    '# Completion of ostiary for bash.',
    '_ostiary() {',
    '  local words="" current="${COMP_WORDS[COMP_CWORD]}"',
    ...writeChoice(commands, 'words=', {
      count: '$COMP_CWORD',
      first: '${COMP_WORDS[1]}',
      second: '${COMP_WORDS[2]}',
      offset: 0,
    }),
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -o default -F _ostiary ostiary',
    '',
  ].join('\n');
}

function writeZsh(commands: Commands): string {
  return [
    '#compdef ostiary',
    '# Completion of ostiary for zsh.',
    '_ostiary() {',
    '  local list=""',
    ...writeChoice(commands, 'list=', {
      count: '$CURRENT',
      first: '${words[2]}',
      second: '${words[3]}',
      offset: 1,
    }),
    '  compadd -- ${=list}',
    '  [[ -n $list ]] || _files',
    '}',
    'compdef _ostiary ostiary',
    '',
  ].join('\n');
}

interface Variables {
  readonly count: string;
  readonly first: string;
  readonly second: string;
  /** zsh counts words from one. */
  readonly offset: number;
}

/** The candidates for the first word, for the word after it, and for what follows a whole command. */
function writeChoice(commands: Commands, assign: string, variables: Variables): readonly string[] {
  const { count, first, second, offset } = variables;
  const verbs = firstWords(commands).map(
    (word) => `      ${word}) ${assign}"${followers(commands, word).join(' ')}" ;;`,
  );
  const options = commands.map(
    (command) => `      '${command.name}'*) ${assign}"${optionsOf(command).join(' ')}" ;;`,
  );
  return [
    `  if [ "${count}" -eq ${1 + offset} ]; then`,
    `    ${assign}"${firstWords(commands).join(' ')}"`,
    `  elif [ "${count}" -eq ${2 + offset} ]; then`,
    `    case "${first}" in`,
    ...verbs,
    '    esac',
    '  else',
    `    case "${first} ${second}" in`,
    ...options.toSorted((a, b) => b.length - a.length),
    '    esac',
    '  fi',
  ];
}

function writeFish(commands: Commands): string {
  const lines = firstWords(commands).flatMap((word) => {
    const verbs = followers(commands, word).filter((follower) => !follower.startsWith('-'));
    return [
      `complete -c ostiary -f -n __fish_use_subcommand -a ${word}`,
      ...verbs.map(
        (verb) =>
          `complete -c ostiary -f -n '__fish_seen_subcommand_from ${word}; and not ` +
          `__fish_seen_subcommand_from ${verbs.join(' ')}' -a ${verb}`,
      ),
    ];
  });
  const options = commands.flatMap((command) =>
    Object.entries(allOptions(command)).map(([name, { meaning, value }]) => {
      const seen = command.name.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
      const takes = value === undefined ? '' : ' -r';
      const description = meaning.replaceAll("'", "\\'");
      return `complete -c ostiary -n '${seen.join('; and ')}' -l ${name}${takes} -d '${description}'`;
    }),
  );
  return `# Completion of ostiary for fish.\n${[...lines, ...options].join('\n')}\n`;
}

function firstWords(commands: Commands): readonly string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ', 1).join('')))];
}

/** The second words of the commands with this first word; the options of a command of one word. */
function followers(commands: Commands, first: string): readonly string[] {
  const whole = commands.find(({ name }) => name === first);
  if (whole) return optionsOf(whole);
  return commands.flatMap(({ name }) => {
    const [word, verb] = name.split(' ');
    return word === first && verb !== undefined ? [verb] : [];
  });
}

function optionsOf(command: CommandShape): readonly string[] {
  const choices = command.operand?.includes('|') && /^[a-z|]+$/.test(command.operand);
  const operands = choices ? (command.operand?.split('|') ?? []) : [];
  return [...operands, ...Object.keys(allOptions(command)).map((name) => `--${name}`)];
}
