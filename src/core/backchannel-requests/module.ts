// Requests of clients that a user answers in the account (OpenID CIBA).
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { backchannelRequestTables } from './backchannel-requests-tables.store.ts';
import { backchannelRequestMails } from './backchannel-requests.mails.ts';
import { createBackchannelRequestLog } from './backchannel-requests.service.ts';
import { createBackchannelRequestStore } from './backchannel-requests.store.ts';

export const backchannelRequestsModule: Module = {
  name: 'backchannel-requests',
  tables: backchannelRequestTables,
  mails: backchannelRequestMails,
};

export interface BackchannelRequestsDependencies extends Runtime {
  readonly audit: Audit;
  readonly clients: Clients;
  readonly notifications: Notifications;
  readonly outbox: Outbox;
  readonly users: UserStore;
}

export function createBackchannelRequestsModule(dependencies: BackchannelRequestsDependencies) {
  const { db, config, keyring } = dependencies;
  const store = createBackchannelRequestStore(db);
  const { issuer } = config;
  return {
    backchannelRequestStore: store,
    backchannelRequestLog: createBackchannelRequestLog({ ...dependencies, store, keyring, issuer }),
  };
}
