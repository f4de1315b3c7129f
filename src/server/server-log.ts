// The log of a server process, on every platform.
import { version } from '#cli/version.ts';
import type { Config } from '#config/config.ts';
import { createLog, type Log, type LogTarget } from '#platform/logging/log.ts';

/** @param destination by default, standard error, written in the background */
export function openServerLog(
  { logLevel, logFormat, environment }: Config,
  destination?: LogTarget,
): Log {
  const service = { name: 'ostiary', version, environment };
  return createLog({ level: logLevel, format: logFormat, service, destination });
}
