// What goes when somebody is the first to prove the mailbox of an account: whoever made it may have been
// waiting for its owner, with ways in of their own (pre-account hijacking). Sessions end elsewhere; a second
// factor stays, as a mailbox never takes its place.
import type { Knex } from 'knex';
import type { Audit } from '#services/audit/audit.ts';
import type { IdentityStore } from '#stores/accounts/identities.ts';
import type { PasswordCredentialStore } from '#stores/accounts/password-credentials.ts';
import type { PasskeyStore } from '#stores/factors/passkeys.ts';

export interface StrangersWaysDependencies {
  readonly credentials: PasswordCredentialStore;
  readonly identities: IdentityStore;
  readonly passkeys: PasskeyStore;
  readonly audit: Audit;
}

export function createStrangersWays(dependencies: StrangersWaysDependencies) {
  const { credentials, identities, passkeys, audit } = dependencies;
  return {
    async remove(userId: string, tx: Knex): Promise<void> {
      const removed = [
        ['password.removed', Number(await credentials.remove(userId, tx))],
        ['identity.unlinked', await identities.removeAll(userId, tx)],
        ['passkey.removed', await passkeys.removeAll(userId, tx)],
      ] as const;
      const actor = { kind: 'user', id: userId } as const;
      for (const [event, count] of removed) {
        if (count > 0) await audit.append({ event, actor, userId, details: { count } }, tx);
      }
    },
  };
}

export type StrangersWays = ReturnType<typeof createStrangersWays>;
