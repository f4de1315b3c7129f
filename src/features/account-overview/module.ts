// The home page, and the overview of the account.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createAccountStatusStore } from './account-status.store.ts';

export const accountOverviewModule: Module = { name: 'account-overview', tables: [], mails: [] };

export function createAccountOverviewModule({ db }: Runtime) {
  return { accountStatus: createAccountStatusStore(db) };
}
