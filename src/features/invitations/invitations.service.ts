// Invitations: an operator invites a user to register with a given email address. Opening the
// mailed link verifies the address.
import type { AuditActor } from '#core/audit/audit.ts';
import type { EmailFault } from '#core/users/email-addresses.ts';
import { isAppError } from '#platform/errors.ts';
import { checkEmail } from '#core/users/email-addresses.ts';
import { emailTokenSeconds } from '#features/email-tokens/email-tokens.ts';
import type { Database } from '#platform/database/postgres.ts';
import type {
  AccountOutcome,
  AccountRequest,
  Registration,
} from '#features/registration/registration.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import { invitationMail } from './invitation-mail-templates.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { EmailToken, EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import { tokenExpired } from '#features/email-tokens/email-tokens.ts';

export interface InvitationDependencies {
  readonly db: Database;
  readonly proofs: EmailTokens;
  readonly registration: Registration;
  readonly users: UserStore;
  readonly outbox: Outbox;
  readonly audit: Audit;
  readonly issuer: string;
  readonly now: () => Date;
}

export type InvitationOutcome =
  | {
      readonly ok: true;
      readonly email: string;
      /** For the operator, who may deliver it by other means; it cannot be retrieved later. */
      readonly link: string;
      readonly expiresAt: Date;
    }
  | { readonly ok: false; readonly email: EmailFault };

export function createInvitations(dependencies: InvitationDependencies) {
  const { db, proofs, registration, users, outbox, audit, issuer, now } = dependencies;
  return {
    /** Invalidates an earlier invitation to the same address. */
    async invite(
      typed: string,
      locale: string | undefined,
      actor: AuditActor = { kind: 'operator' },
    ): Promise<InvitationOutcome> {
      const address = checkEmail(typed);
      if (!address.ok) return { ok: false, email: `email_${address.reason}` };
      const { email, key: emailKey } = address;
      if (await users.findByEmailKey(emailKey)) return { ok: false, email: 'email_taken' };
      const expiresAt = new Date(now().getTime() + emailTokenSeconds.invitation * 1000);
      return db.transaction(async (tx) => {
        const { id, token } = await proofs.issue({ kind: 'invitation', email, emailKey }, tx);
        const link = `${issuer}/auth/invitation/${token}`;
        const inviter =
          actor.kind === 'user' && actor.id !== undefined ? { actorId: actor.id } : {};
        const recipient = { kind: 'mail', userId: undefined, to: email, locale } as const;
        await outbox.add([{ ...recipient, ...invitationMail({ link, ...inviter }) }], tx);
        // The address is left out: an entry that belongs to no account could never be erased.
        await audit.append({ event: 'user.invited', actor, details: { proof: id } }, tx);
        return { ok: true, email, link, expiresAt };
      });
    },
    find: (token: string) => proofs.findByLink(token, ['invitation']),
    /** Creates the account with the invited address, whatever address the request contains. */
    async accept(
      proof: EmailToken,
      request: Omit<AccountRequest, 'email' | 'emailVerified'>,
    ): Promise<AccountOutcome> {
      const { email } = proof;
      try {
        return await registration.registerWith(
          { ...request, email, emailVerified: true, proof: proof.id },
          async (tx) => {
            if (!(await proofs.use(proof, tx))) throw tokenExpired();
          },
        );
      } catch (error) {
        if (isAppError(error, 'email_taken')) throw tokenExpired();
        throw error;
      }
    },
  };
}

export type Invitations = ReturnType<typeof createInvitations>;
