// Deletion of an account by its user or by an operator.
import { deletionMails } from './account-deletion.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { AccountCleanup } from '#core/account-data/account-cleanup.service.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import { noSuchUser } from '#core/revocation/transaction.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { accountDeletionTables } from './account-deletion-tables.store.ts';
import { createDeletion } from './account-deletion.service.ts';
import { createDeletionStore } from './account-deletion.store.ts';

export const accountDeletionModule: Module = {
  name: 'account-deletion',
  tables: accountDeletionTables,
  mails: deletionMails,
};

export interface AccountDeletionDependencies extends Runtime {
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly approvals: Approvals;
  readonly accountCleanup: AccountCleanup;
}

export function createAccountDeletionModule(dependencies: AccountDeletionDependencies) {
  const { audit, outbox, users, blocking, accountCleanup, config, db, log, now } = dependencies;
  const { issuer } = config;
  const deletions = createDeletionStore(db);
  const { approvals } = dependencies;
  const deletion = createDeletion({
    db,
    deletions,
    users,
    accountCleanup,
    audit,
    blocking,
    approvals,
    outbox,
    issuer,
    log,
    now,
  });
  approvals.register('users.delete', async ({ userId = '' }, by) => {
    const user = await users.findById(userId);
    if (!user) throw noSuchUser();
    await deletion.deleteNow(user, by);
  });
  return { deletion };
}
