// Codes and links that prove control of an email address.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { createMailThrottle } from './email-throttle.service.ts';
import { emailTokenTables } from './email-tokens-tables.store.ts';
import { createEmailTokens } from './email-tokens.service.ts';
import { createEmailTokenStore } from './email-tokens.store.ts';
import { createEmailRequest } from './request-email.service.ts';

export const emailTokensModule: Module = {
  name: 'email-tokens',
  tables: emailTokenTables,
  mails: [],
};

export interface EmailTokensDependencies extends Runtime {
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly users: UserStore;
}

export function createEmailTokensModule(dependencies: EmailTokensDependencies) {
  const { audit, outbox, users, config, db, keyring, log, now, shortLived } = dependencies;
  const { issuer } = config;
  const enabled = config.rateLimits === 'on';
  const throttle = createMailThrottle({ store: shortLived, enabled, log, now });
  const store = createEmailTokenStore(db);
  const emailTokens = createEmailTokens({ store, throttle, keyring, now });
  return {
    emailTokens,
    mailThrottle: throttle,
    requestEmail: createEmailRequest({
      db,
      proofs: emailTokens,
      throttle,
      users,
      outbox,
      audit,
      issuer,
      now,
    }),
  };
}
