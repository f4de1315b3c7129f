// Settings that must be the same on all nodes.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { clusterSettingTables } from './cluster-settings-tables.store.ts';
import { createClusterSettings } from './cluster-settings.service.ts';
import { createClusterSettingStore } from './cluster-settings.store.ts';

export const clusterSettingsModule: Module = {
  name: 'cluster-settings',
  tables: clusterSettingTables,
  mails: [],
};

export function createClusterSettingsModule(dependencies: Runtime) {
  const { config, db, keyring, log, now } = dependencies;
  const store = createClusterSettingStore(db);
  return { clusterSettings: createClusterSettings({ config, db, store, keyring, log, now }) };
}
