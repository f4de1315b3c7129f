// Checks that the log format suits its readers, and that the running server can write the log.
import type { Config } from '#config/config.ts';
import type { Finding } from '#cli/doctor/findings.ts';
import { readMetrics } from './metrics.ts';

type Settings = Pick<Config, 'environment' | 'logFormat' | 'logLevel' | 'opsHost' | 'opsPort'>;

const check = 'log';
/** More than this is buffered only if the reader does not keep up. */
const maxWaitingCharacters = 64 * 1024;

export async function inspectLog(settings: Settings): Promise<Finding[]> {
  return [describeLines(settings), ...(await inspectDestination(settings))];
}

function describeLines({ environment, logFormat, logLevel }: Settings): Finding {
  const message = `Lines of level ${logLevel} and above are written as ${logFormat}.`;
  if (logLevel === 'silent' || logLevel === 'fatal' || logLevel === 'error') {
    const next = 'Set LOG_LEVEL to info, or to warn: outages of the stores are warnings.';
    return { check, state: 'warn', message, next };
  }
  if (environment !== 'production') return { check, state: 'ok', message };
  if (logFormat === 'pretty') {
    const next = 'Set LOG_FORMAT to json or ecs; log collectors cannot parse the pretty format.';
    return { check, state: 'warn', message, next };
  }
  if (logLevel === 'trace' || logLevel === 'debug') {
    const next = 'Set LOG_LEVEL to info; "ostiary log level debug --for 10m" is temporary.';
    return { check, state: 'warn', message, next };
  }
  return { check, state: 'ok', message };
}

/** Only the metrics of the running server know whether the reader of its log keeps up. */
async function inspectDestination(settings: Settings): Promise<Finding[]> {
  const text = await readMetrics(settings);
  if (text === undefined) return [];
  const dropped = valueOf(text, 'ostiary_log_lines_dropped_total');
  const waiting = valueOf(text, 'ostiary_log_waiting_characters');
  const next = 'Check the process that reads standard error, and its free disk space.';
  if (waiting > maxWaitingCharacters) {
    const message = `The log is blocked: ${waiting} characters are waiting, ${dropped} lines were dropped.`;
    return [{ check, state: 'fail', message, next }];
  }
  if (dropped > 0) {
    const lines = dropped === 1 ? '1 line was' : `${dropped} lines were`;
    const message = `${lines} dropped since the server started.`;
    return [{ check, state: 'warn', message, next }];
  }
  return [{ check, state: 'ok', message: 'The running server has dropped no lines.' }];
}

/** 0 if the server is of an earlier version, which does not measure it. */
function valueOf(text: string, name: string): number {
  const [, value = '0'] = new RegExp(`^${name} (\\S+)$`, 'm').exec(text) ?? [];
  return Number(value);
}
