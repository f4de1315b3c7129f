// The mails about the verification and the change of an email address;
// email-verification.mails.ts renders them.
import { defineMail, type NoValues } from '#core/outbox/mail/mail.ts';
import type {
  CodeMailValues,
  KnownUserMailValues,
} from '#features/email-tokens/email-token-mail-templates.ts';

/**
 * To the old address of an account. An unverified address may belong to another person, so that its
 * mail has neither the new address nor the link that reverts the change.
 */
export type EmailChangeNoticeValues = NoValues | { readonly email: string; readonly link: string };

export const verificationMail = defineMail<CodeMailValues>('verification');
/** To the new address. */
export const emailChangeMail = defineMail<CodeMailValues>('email_change');
/** To the new address if it belongs to another account. */
export const emailChangeKnownMail = defineMail<KnownUserMailValues>('email_change_known');
export const emailChangeRequestedMail =
  defineMail<EmailChangeNoticeValues>('email_change_requested');
export const emailChangedMail = defineMail<EmailChangeNoticeValues>('email_changed');
