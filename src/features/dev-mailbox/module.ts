// The mailbox that captures mail during development.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createMailbox } from './dev-mailbox.service.ts';

export const devMailboxModule: Module = { name: 'dev-mailbox', tables: [], mails: [] };

/** `mailbox` is undefined in production and if an SMTP server is configured. */
export function createDevMailboxModule(dependencies: Runtime) {
  const { config, log, now, shortLived: store } = dependencies;
  const isCaptured = config.smtpUrl === undefined && config.developmentPages;
  return { mailbox: isCaptured ? createMailbox({ store, log, now }) : undefined };
}
