// The sign-in page.
import type { Module } from '#core/modules/module.ts';

export const signInModule: Module = { name: 'sign-in', tables: [], mails: [] };
