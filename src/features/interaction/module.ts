// Consent, sign-out and the other pages of an authorization request.
import type { Module } from '#core/modules/module.ts';

export const interactionModule: Module = { name: 'interaction', tables: [], mails: [] };
