// The log of a server process, whatever starts it.
import { version } from '#cli/version.ts';
import type { Config } from '#config/config.ts';
import { createLog, type Log } from '#platform/logging/log.ts';

export function openServerLog({ logLevel, logFormat, environment }: Config): Log {
  const service = { name: 'ostiary', version, environment };
  return createLog({ level: logLevel, format: logFormat, service });
}
