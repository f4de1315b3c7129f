// What process commands depend on: the process, before any connection is opened.
import type { Config, Environment } from '#config/config.ts';
import type { Command, CommandShape } from './command.ts';

export interface ProcessContext {
  readonly env: Environment;
  readonly now: () => Date;
  /** All commands. */
  readonly commands: readonly CommandShape[];
  /** @throws AppError with one line per invalid setting */
  readConfig(): Config;
}

/** A command that runs before any connection is opened, or opens its own. */
export type ProcessCommand = Command<ProcessContext>;
