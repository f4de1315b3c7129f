// Sign-in on a first-party app's own screens, without a browser.
import type { Module } from '#core/modules/module.ts';

export const nativeSignInModule: Module = { name: 'native-sign-in', tables: [], mails: [] };
