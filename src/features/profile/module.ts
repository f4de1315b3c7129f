// The profile of a user: the standard claims.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { createProfile } from './profile.service.ts';

export const profileModule: Module = { name: 'profile', tables: [], mails: [] };

export interface ProfileModuleDependencies extends Runtime {
  readonly audit: Audit;
  readonly users: UserStore;
  readonly invalidation: Invalidation;
}

export function createProfileModule(dependencies: ProfileModuleDependencies) {
  const { audit, users, invalidation, db, now } = dependencies;
  return { profile: createProfile({ db, users, audit, invalidation, now }) };
}
