// Removes credentials, permissions and personal data from an account when its control passes to
// another person, and deletes accounts. Sessions, grants and tokens are revoked earlier in the same
// transaction (core/revocation). What is removed is declared by each module (core/modules).
import type { Knex } from 'knex';
import type { AuditEventStore } from '#core/audit/audit-events.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { AccountRemovalStore, Removed } from './account-removal.store.ts';

export interface AccountCleanupDependencies {
  readonly accountRemoval: AccountRemovalStore;
  readonly audit: Audit;
  readonly auditEvents: AuditEventStore;
}

export interface Takeover {
  readonly userId: string;
  readonly at: Date;
  /** The earliest time at which the attacker may have had access. */
  readonly since: Date;
  /** Tables to leave unchanged. */
  readonly except?: readonly string[];
}

export function createAccountCleanup(dependencies: AccountCleanupDependencies) {
  const { accountRemoval, audit, auditEvents } = dependencies;

  async function note(userId: string, removed: readonly Removed[], tx: Knex): Promise<void> {
    const actor = { kind: 'user', id: userId } as const;
    for (const { event, count } of removed) {
      if (event && count > 0) await audit.append({ event, actor, userId, details: { count } }, tx);
    }
  }

  return {
    /**
     * The email address is verified for the first time by a user who did not use a credential of
     * the account. The account may have been registered by an attacker who waits for the owner of
     * the mailbox (pre-account hijacking), so everything set up earlier is removed.
     */
    async removeBeforeFirstVerification(userId: string, at: Date, tx: Knex): Promise<void> {
      await note(userId, await accountRemoval.removeBeforeFirstVerification(userId, at, tx), tx);
    },
    /** Removes credentials and permissions added at or after `since`. */
    async removeSinceTakeover(takeover: Takeover, tx: Knex): Promise<void> {
      const { userId, at, since, except } = takeover;
      await note(userId, await accountRemoval.removeSince(userId, { at, since }, tx, except), tx);
    },
    /**
     * Deletes the account. The audit log stays verifiable: only the personal data of its entries is
     * erased.
     * @returns false if the account has already been deleted
     */
    async deleteAccount(userId: string, at: Date, tx: Knex): Promise<boolean> {
      await auditEvents.erasePersonal(userId, tx);
      return accountRemoval.deleteUser(userId, at, tx);
    },
  };
}

export type AccountCleanup = ReturnType<typeof createAccountCleanup>;
