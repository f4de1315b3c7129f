// The temporary log level, which operators set while the servers run.
import type { Audit } from '#core/audit/audit.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import {
  reloadAfterChanges,
  type Invalidation,
} from '#core/subject-status/invalidation.service.ts';
import { createActiveLogOverride } from './active-log-override.service.ts';
import { createLogOverrideStore } from './log-override.store.ts';
import { loggingTables } from './logging-tables.store.ts';
import { createLogging } from './logging.service.ts';

export const loggingModule: Module = { name: 'logging', tables: loggingTables, mails: [] };

export interface LoggingModuleDependencies extends Runtime {
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  /** False for commands. */
  readonly showsPages: boolean;
}

export function createLoggingModule(dependencies: LoggingModuleDependencies) {
  const { db, invalidation, log } = dependencies;
  const store = createLogOverrideStore(db);
  const activeLogOverride = createActiveLogOverride({ ...dependencies, store });
  reloadAfterChanges(invalidation, {
    load: () => activeLogOverride.load(),
    log,
    failure: 'the level of the log could not be loaded',
  });
  return {
    activeLogOverride,
    logging: createLogging({ ...dependencies, store, activeLogOverride }),
  };
}
