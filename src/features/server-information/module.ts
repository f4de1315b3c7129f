// Information about the installation for operators: version, settings and statistics.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createStatisticsStore } from './statistics.store.ts';

export const serverInformationModule: Module = {
  name: 'server-information',
  tables: [],
  mails: [],
};

export function createServerInformationModule({ db }: Runtime) {
  return { serverStatistics: createStatisticsStore(db) };
}
