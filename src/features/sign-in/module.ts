// The sign-in page.
import type { Module } from '#core/modules/contributions.ts';

export const signInModule: Module = { name: 'sign-in', tables: [] };
