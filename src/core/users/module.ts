// Users and their roles.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createRoleStore } from './roles.store.ts';
import { userTables } from './users-tables.store.ts';
import { createUserStore } from './users.store.ts';

export const usersModule: Module = { name: 'users', tables: userTables, mails: [] };

export function createUsersModule(dependencies: Runtime) {
  return { users: createUserStore(dependencies.db), roles: createRoleStore(dependencies.db) };
}
