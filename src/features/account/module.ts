// The account area: sessions and recent activity.
import type { Module } from '#core/modules/module.ts';

export const accountModule: Module = { name: 'account', tables: [], mails: [] };
