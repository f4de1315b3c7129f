// The panel at /auth/admin, with which administrators see and change everything in a browser.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createStatisticsStore } from './overview/statistics.store.ts';
import { createStatistics } from './overview/statistics.service.ts';

export const adminModule: Module = { name: 'admin', tables: [], mails: [] };

export function createAdminModule({ db, now }: Runtime) {
  return { panelStatistics: createStatistics({ store: createStatisticsStore(db), now }) };
}
