// Sign-in through the browser's own account chooser (FedCM).
import type { Module } from '#core/modules/module.ts';

export const fedcmModule: Module = { name: 'fedcm', tables: [], mails: [] };
