// The home page, and the overview of the account.
import type { Module } from '#core/modules/module.ts';

export const accountOverviewModule: Module = { name: 'account-overview', tables: [], mails: [] };
