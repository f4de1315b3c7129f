// Consent, sign-out and the other pages of an authorization request.
import type { Module } from '#core/modules/contributions.ts';

export const interactionModule: Module = { name: 'interaction', tables: [] };
