// The mails about the deletion of an account; account-deletion.mails.ts renders them.
import { defineMail } from '#core/outbox/mail/mail.ts';

export const deletionRequestedMail = defineMail<{
  /** Leads to the page on which the user can cancel the deletion. */
  readonly link: string;
  /** When the account will be deleted, in ISO 8601. */
  readonly at: string;
  /** The user's time zone; empty if unknown. */
  readonly zone: string;
}>('deletion_requested');

export const accountDeletedMail = defineMail('account_deleted');
