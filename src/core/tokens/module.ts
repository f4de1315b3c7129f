// Grants, refresh token families and revoked access tokens.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createGrantListStore } from './grant-list.store.ts';
import { createGrantStore } from './grants.store.ts';
import { createRefreshFamilyStore } from './refresh-families.store.ts';
import { createFamilyListStore } from './refresh-family-list.store.ts';
import { createFamilyTimelines } from './refresh-family-view.service.ts';
import { createRevokedTokenStore } from './revoked-tokens.store.ts';
import { tokenTables } from './tokens-tables.store.ts';

export const tokensModule: Module = { name: 'tokens', tables: tokenTables, mails: [] };

export function createTokensModule(dependencies: Runtime) {
  const { db, now } = dependencies;
  return {
    grants: createGrantStore(db),
    grantList: createGrantListStore(db),
    families: createRefreshFamilyStore(db),
    familyTimelines: createFamilyTimelines({ families: createFamilyListStore(db), now }),
    revokedTokens: createRevokedTokenStore(db),
  };
}
