// A client for trying authorization requests during development.
import type { Module } from '#core/modules/module.ts';

export const playgroundModule: Module = { name: 'playground', tables: [], mails: [] };
