// Emptying an account that changes hands. Sessions, grants and tokens are revoked before it in the
// same transaction (core/revocation); here goes what would let somebody back in, and what somebody
// else has written into the account. The list of it is account-contents.store.ts.
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
  /** The thief may have been in the account from this instant on. */
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
     * The mailbox is proven for the first time, and not by the person who registered: that person may
     * have waited for its owner (pre-account hijacking). Nothing from before stays.
     */
    async removeBeforeFirstProof(userId: string, at: Date, tx: Knex): Promise<void> {
      await note(userId, await accountRemoval.removeAll(userId, at, tx), tx);
    },
    /** Ways in and permissions since the instant; the password always, as the thief knew it. */
    async removeSinceTakeover({ userId, at, since }: Takeover, tx: Knex): Promise<void> {
      await note(userId, await accountRemoval.removeSince(userId, { at, since }, tx), tx);
    },
    /** The same without the password and the devices that the account knows. */
    async removeSinceDevice({ userId, at, since }: Takeover, tx: Knex): Promise<void> {
      const stays = ['password_credentials', 'user_devices'];
      await note(userId, await accountRemoval.removeSince(userId, { at, since }, tx, stays), tx);
    },
  };
}

export type AccountCleanup = ReturnType<typeof createAccountCleanup>;
