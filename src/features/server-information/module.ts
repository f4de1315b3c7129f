// What operators ask about the installation: its version, settings and numbers.
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
