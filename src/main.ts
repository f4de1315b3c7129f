// Entry point of the server process: reads the settings and starts the server, or prints the error
// and exits.
import { AppError } from '#platform/errors.ts';
import { readConfig } from '#config/config.ts';
import { completeKeys } from '#config/development-keys.ts';
import { serve } from '#server/serve.ts';
import { openServerLog } from '#server/server-log.ts';
import { openStartTerminal } from '#server/lifecycle/start-message.ts';

try {
  const config = await completeKeys(readConfig(process.env));
  const log = openServerLog(config);
  await serve({ config, log, terminal: openStartTerminal() });
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
}

/** Errors that the operator can fix are one sentence; any other error needs its stack. */
function describe(error: unknown): string {
  if (error instanceof AppError) return `Ostiary cannot start: ${error.message}`;
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
