import type { Module } from '#core/modules/module.ts';
import { brandingTables } from './stored/branding-tables.store.ts';

export const brandingModule: Module = { name: 'branding', tables: brandingTables, mails: [] };
