// The mails about the deletion of an account; account-deletion.mails.ts renders them.
import { defineMail } from '#core/outbox/mail/mail.ts';

export const deletionRequestedMail = defineMail<{
  /** Leads to the page on which the user can cancel the deletion. */
  readonly link: string;
  /** When the account will be deleted, in ISO 8601. */
  readonly at: string;
}>('deletion_requested');

/** Mail that an earlier version queued does not state who requested the deletion. */
export const accountDeletedMail = defineMail<{ readonly requestedBy: 'user' | 'operator' }>(
  'account_deleted',
);
