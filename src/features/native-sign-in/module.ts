// Sign-in in the own pages of a first-party app, without a browser.
import type { Module } from '#core/modules/module.ts';

export const nativeSignInModule: Module = { name: 'native-sign-in', tables: [], mails: [] };
