// The apps that a user has given access.
import type { Module } from '#core/modules/contributions.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createAppAccessStore } from './connected-apps.store.ts';

export const connectedAppsModule: Module = { name: 'connected-apps', tables: [] };

export function createConnectedAppsModule(dependencies: Runtime) {
  return { appAccess: createAppAccessStore(dependencies.db) };
}
