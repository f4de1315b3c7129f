// Users and their roles.
import type { Module } from '#core/modules/contributions.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createRoleStore } from './roles.store.ts';
import { userTables } from './users-tables.store.ts';
import { createUserStore } from './users.store.ts';

export const usersModule: Module = { name: 'users', tables: userTables };

export function createUsersModule(dependencies: Runtime) {
  return { users: createUserStore(dependencies.db), roles: createRoleStore(dependencies.db) };
}
