// The pages of an impersonation: its banner, the refusal of changes, and its end.
import type { Module } from '#core/modules/module.ts';

export const impersonationModule: Module = { name: 'impersonation', tables: [], mails: [] };
