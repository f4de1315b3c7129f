// The operator's own logo, colors, fonts and links on pages and in mails.
import type { Module } from '#core/modules/module.ts';

export const brandingModule: Module = { name: 'branding', tables: [], mails: [] };
