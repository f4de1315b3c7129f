// One execution environment of a function: settings, log and services. The platform freezes it between two
// invocations, so nothing here relies on timers or on messages from other nodes (decision 0040).
import { AsyncLocalStorage } from 'node:async_hooks';
import { writeSync } from 'node:fs';
import { readConfig, type Environment } from '#config/config.ts';
import { completeKeys } from '#config/development-keys.ts';
import type { Log } from '#platform/logging/log.ts';
import { joinCluster } from '#server/lifecycle/cluster.ts';
import { openServices, type Services } from '#server/composition.ts';
import { openServerLog } from '#server/server-log.ts';

export interface FunctionEnvironment {
  readonly services: Services;
  /** Runs one invocation, whose id is in each line of the log. */
  invoke<Result>(awsRequestId: string, work: () => Promise<Result>): Promise<Result>;
}

/** @throws AppError when the settings are invalid or a store is unavailable */
export async function openFunction(env: Environment): Promise<FunctionEnvironment> {
  const startedAt = performance.now();
  const config = await completeKeys(readConfig(env));
  const invocations = new AsyncLocalStorage<string>();
  const log = addFields(
    // Written synchronously: buffered lines would be frozen with the process.
    openServerLog(config, standardError),
    () => ({ awsRequestId: invocations.getStore() }),
  );
  const services = await openServices({ config, log, now: () => new Date() });
  await joinCluster(services);
  const ms = Math.round(performance.now() - startedAt);
  log.info({ event: 'function.started', issuer: config.issuer, ms }, 'ready');
  return { services, invoke: (awsRequestId, work) => invocations.run(awsRequestId, work) };
}

const standardError = {
  write(line: string): void {
    writeSync(2, line);
  },
};

/** @param fields added to each line, such as those of the current invocation */
function addFields(log: Log, fields: () => Readonly<Record<string, unknown>>): Log {
  const at = (level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'): Log['info'] => {
    return (line, sentence) => log[level]({ ...fields(), ...line }, sentence);
  };
  return {
    ...log,
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (shared) => addFields(log.child(shared), fields),
  };
}
