// The choice between the accounts of a browser.
import type { Module } from '#core/modules/module.ts';

export const accountChooserModule: Module = { name: 'account-chooser', tables: [], mails: [] };
