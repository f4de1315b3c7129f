// Status lists: which JWT access tokens are revoked before they expire.
import type { SigningKeySet } from '#core/keys/signing-key-set.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { createStatusLists } from './status-lists.service.ts';
import { tokenStatusTables } from './token-status-tables.store.ts';
import { createTokenStatuses } from './token-statuses.service.ts';
import { createTokenStatusStore } from './token-statuses.store.ts';

export const tokenStatusModule: Module = {
  name: 'token-status',
  tables: tokenStatusTables,
  mails: [],
};

export interface TokenStatusModuleDependencies extends Runtime {
  readonly signingKeySet: SigningKeySet;
  readonly invalidation: Invalidation;
}

export function createTokenStatusModule(dependencies: TokenStatusModuleDependencies) {
  const { config, db, now, signingKeySet, invalidation } = dependencies;
  const { issuer } = config;
  const store = createTokenStatusStore(db);
  return {
    tokenStatuses: createTokenStatuses({ store, issuer, now }),
    statusLists: createStatusLists({ store, signingKeySet, invalidation, issuer, now }),
  };
}
