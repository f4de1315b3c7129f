// The account area: sessions and recent activity.
import type { Module } from '#core/modules/contributions.ts';

export const accountModule: Module = { name: 'account', tables: [] };
