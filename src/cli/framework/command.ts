// What a command is. Its words and options are data: reading them, help and the gathering of its
// input are made from that (arguments.ts, help.ts, inputs.ts). What it does is all that it writes itself.

export interface Option {
  /** One short sentence for the help. */
  readonly meaning: string;
  /** What stands for its value in the usage; without one, the option is only there or not. */
  readonly value?: string;
  readonly isRequired?: boolean;
  /** Its content comes with the command: from standard input, or from a file (`-`: standard input). */
  readonly reads?: 'stdin' | 'file';
}

export type Options = Readonly<Record<string, Option>>;

/** What was typed. */
export interface Arguments {
  /** The value of an option. */
  text(option: string): string | undefined;
  /** The value of an option that is marked as required. */
  required(option: string): string;
  has(option: string): boolean;
  /** The argument without a name; empty for commands that take none. */
  readonly operand: string;
}

/** The outside world of a command; the same in the shell and inside a running server. */
export interface Io {
  /** The content of standard input, for commands with an option that reads it. */
  stdin(): Promise<string>;
  /** The content of a file that an option names. */
  file(path: string): Promise<string>;
  /** To standard output, as it is. */
  out(text: string): void;
  /** To standard error, as it is. */
  err(text: string): void;
  /** A piece of a long output, at once to standard output; resolves when the next may follow. */
  write(text: string): Promise<void>;
}

/** Where a command prints. */
export type Print = Pick<Io, 'out' | 'err' | 'write'>;

/** What the shell is told: 2 is wrong usage, 3 not found, 4 a conflict with what is there, 5 done in part. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5;

/** What a command found or did, for machines and for people; one of the two is printed. */
export interface Answer {
  readonly document: unknown;
  readonly text: string;
  readonly exitCode?: ExitCode;
}

/** `Context` is what it stands on: services on open connections, or only the process. */
export interface Command<Context> {
  /** As it is typed: `user create`. */
  readonly name: string;
  /** One short sentence for the list of commands. */
  readonly summary: string;
  readonly options: Options;
  /** The one argument without a name, if there is one: as it stands in the usage. */
  readonly operand?: string;
  /** Looks at the values before anything is opened for them. @throws UsageError */
  check?(args: Arguments): void;
  /** True for a part of another command, which nobody types: help does not list it. */
  readonly isInternal?: true;
  /** False for a command that has no answer but runs. */
  readonly hasAnswer?: false;
  run(context: Context, args: Arguments, io: Io): Promise<Answer>;
}

/** For reading and describing a command, whatever it stands on. */
export type CommandShape = Omit<Command<never>, 'run'>;
