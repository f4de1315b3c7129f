// "This was not me" for a change of address: the old mailbox hears of it and may take it back for a
// week, even when the new one has been proven meanwhile. Only an address that was proven may.
import type { Knex } from 'knex';
import { checkEmail } from '#domain/people/emails.ts';
import type { User } from '#domain/people/users.ts';
import type { Blocking } from '#services/blocking/blocking.ts';
import type { Outbox } from '#services/delivery/outbox.ts';
import type { UserStore } from '#stores/accounts/users.ts';
import type { MailProof, MailProofs } from './mail-proofs.ts';
import { usedUp } from './registering.ts';

export interface EmailUndoingDependencies {
  readonly proofs: MailProofs;
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly outbox: Outbox;
  readonly issuer: string;
  readonly now: () => Date;
}

export function createEmailUndoing(dependencies: EmailUndoingDependencies) {
  const { proofs, users, blocking, outbox, issuer, now } = dependencies;

  async function linkFor({ id: userId, email }: User, tx: Knex): Promise<string> {
    const address = checkEmail(email);
    const emailKey = address.ok ? address.key : email;
    const { token } = await proofs.issue({ kind: 'email_undo', userId, email, emailKey }, tx);
    return `${issuer}/auth/account/email/undo/${token}`;
  }

  return {
    /**
     * Writes to the address that the person has had so far. One that nobody has proven may belong to
     * a stranger: it hears that something changes, and has no say in it.
     */
    async announce(
      user: User,
      newEmail: string,
      template: 'email_change_requested' | 'email_changed',
      tx: Knex,
    ): Promise<void> {
      const { id: userId, email: to, emailVerified } = user;
      const { locale } = user.claims;
      const values = emailVerified ? { email: newEmail, link: await linkFor(user, tx) } : {};
      await outbox.add([{ kind: 'mail', userId, to, locale, template, values }], tx);
    },
    find: (token: string) => proofs.findByLink(token, ['email_undo']),
    /** The address is the old one again, and everything that was signed in ends. */
    async undo(proof: MailProof): Promise<void> {
      const { email, emailKey, userId = '' } = proof;
      const actor = { kind: 'user', id: userId } as const;
      await blocking.revokeEverythingWith(userId, actor, 'email.change_undone', async (tx) => {
        if (!(await proofs.use(proof, tx))) throw usedUp();
        const user = await users.findById(userId, tx);
        if (!user) throw usedUp();
        const current = checkEmail(user.email);
        await proofs.endOfUser(userId, current.ok ? current.key : user.email, tx);
        // Nor may whoever had it in between take it again.
        await proofs.endUndoingOf(userId, tx);
        await users.changeEmail(userId, { email, emailKey, at: now() }, tx);
      });
    },
  };
}

export type EmailUndoing = ReturnType<typeof createEmailUndoing>;
