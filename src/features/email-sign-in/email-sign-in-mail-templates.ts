// The mails of the sign-in by email; email-sign-in.mails.ts renders them.
import { defineMail } from '#core/outbox/mail/mail.ts';
import type { CodeMailValues } from '#features/email-tokens/email-token-mail-templates.ts';

export const signInMail = defineMail<CodeMailValues>('sign_in');
/** To a user who is blocked. */
export const signInRefusedMail = defineMail('sign_in_refused');
