// The apps that a user has given access.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createAppAccessStore } from './connected-apps.store.ts';

export const connectedAppsModule: Module = { name: 'connected-apps', tables: [], mails: [] };

export function createConnectedAppsModule(dependencies: Runtime) {
  return { appAccess: createAppAccessStore(dependencies.db) };
}
