// The definition of a command. Its name and options are data from which argument parsing, help and
// input are derived (arguments.ts, help.ts, inputs.ts); only `run` is code.
import type { Paint } from './terminal/paint.ts';

export interface Option {
  /** One short sentence for the help. */
  readonly meaning: string;
  /** Placeholder for the value in the usage; an option without one is a flag. */
  readonly value?: string;
  readonly isRequired?: boolean;
  /** May be given several times; the others at most once. */
  readonly isRepeatable?: true;
  /** On a terminal, a required option that is missing is asked for (completion.ts). */
  readonly asks?: 'password' | 'confirmation';
  /**
   * The content is sent along with the command: from standard input, or from a file (`-`: standard
   * input).
   */
  readonly reads?: 'stdin' | 'file';
}

export type Options = Readonly<Record<string, Option>>;

/** The parsed arguments. */
export interface Arguments {
  /** The value of an option. */
  text(option: string): string | undefined;
  /** The value of a required option. */
  required(option: string): string;
  has(option: string): boolean;
  /** All values of a repeatable option. */
  list(option: string): readonly string[];
  /** The positional argument; empty for commands without one. */
  readonly operand: string;
}

/** Input and output of a command; the same interface in the shell and inside a running server. */
export interface Io {
  /** The content of standard input, for commands with an option that reads it. */
  stdin(): Promise<string>;
  /** The content of a file that an option names. */
  file(path: string): Promise<string>;
  /** Writes to standard output, unchanged. */
  out(text: string): void;
  /** Writes to standard error, unchanged. */
  err(text: string): void;
  /**
   * Writes part of a long output to standard output immediately; resolves when the next part may
   * follow.
   */
  write(text: string): Promise<void>;
  /** Colors, if the terminal shows them; otherwise the text is unchanged. */
  readonly paint: Paint;
}

/** Output of a command. */
export type Print = Pick<Io, 'out' | 'err' | 'write' | 'paint'>;

/** 2: wrong usage, 3: not found, 4: conflict with existing data, 5: partially done. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5;

/** The result of a command, as JSON and as text; one of the two is printed. */
export interface Answer {
  readonly document: unknown;
  readonly text: string;
  readonly exitCode?: ExitCode;
}

/** `Context` is what the command depends on: services on open connections, or only the process. */
export interface Command<Context> {
  /** As typed: `user create`. */
  readonly name: string;
  /** Other names, which help does not list. */
  readonly aliases?: readonly string[];
  /** One short sentence for the list of commands. */
  readonly summary: string;
  readonly options: Options;
  /** Placeholder for the positional argument in the usage, if the command takes one. */
  readonly operand?: string;
  /** Validates the values before anything is opened. @throws UsageError */
  check?(args: Arguments): void;
  /** Complete command lines for the help, without `ostiary`. */
  readonly examples?: readonly string[];
  /** True for a part of another command that users do not type: help does not list it. */
  readonly isInternal?: true;
  /** False for a command that runs until it is stopped, without a result. */
  readonly hasAnswer?: false;
  run(context: Context, args: Arguments, io: Io): Promise<Answer>;
}

/** The part of a command from which it is parsed and described, whatever its context. */
export type CommandShape = Omit<Command<never>, 'run'>;
