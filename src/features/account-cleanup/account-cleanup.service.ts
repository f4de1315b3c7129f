// Removes credentials, permissions and personal data from an account when its control passes to
// another person. Sessions, grants and tokens are revoked earlier in the same transaction
// (core/revocation). account-contents.store.ts lists what is removed.
import type { Knex } from 'knex';
import type { Audit } from '#core/audit/audit.service.ts';
import type { AccountRemovalStore, Removed } from './account-removal.store.ts';

export interface AccountCleanupDependencies {
  readonly accountRemoval: AccountRemovalStore;
  readonly audit: Audit;
}

export interface Takeover {
  readonly userId: string;
  readonly at: Date;
  /** The earliest time at which the attacker may have had access. */
  readonly since: Date;
}

export function createAccountCleanup({ accountRemoval, audit }: AccountCleanupDependencies) {
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
    async removeBeforeFirstProof(userId: string, at: Date, tx: Knex): Promise<void> {
      await note(userId, await accountRemoval.removeAll(userId, at, tx), tx);
    },
    /**
     * Removes credentials and permissions added at or after `since`. The password is always removed
     * because the attacker knew it.
     */
    async removeSinceTakeover({ userId, at, since }: Takeover, tx: Knex): Promise<void> {
      await note(userId, await accountRemoval.removeSince(userId, { at, since }, tx), tx);
    },
    /** Like `removeSinceTakeover`, but keeps the password and the known devices. */
    async removeSinceDevice({ userId, at, since }: Takeover, tx: Knex): Promise<void> {
      const stays = ['password_credentials', 'user_devices'];
      await note(userId, await accountRemoval.removeSince(userId, { at, since }, tx, stays), tx);
    },
  };
}

export type AccountCleanup = ReturnType<typeof createAccountCleanup>;
