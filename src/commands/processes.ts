// Commands that stand on the process alone: they run before anything is connected, or connect by
// themselves. Nothing of the server is loaded before it is asked for.
import type { Config, Environment } from '#platform/config.ts';
import { configCheck } from './config-check.ts';
import { doctor } from './doctor.ts';
import type { Command } from './line/command.ts';
import { serve } from './serve.ts';

export interface ProcessContext {
  readonly env: Environment;
  readonly now: () => Date;
  /** @throws AppError with a line for every setting that is wrong */
  readConfig(): Config;
}

export type ProcessCommand = Command<ProcessContext>;

export const processCommands: readonly ProcessCommand[] = [serve, configCheck, doctor];
