// The mails of the password reset; recovery.mails.ts renders them.
import { defineMail } from '#core/outbox/mail/mail.ts';
import type { CodeMailValues } from '#features/email-tokens/email-token-mail-templates.ts';

export const recoveryMail = defineMail<CodeMailValues>('recovery');
/** To a user who is blocked. */
export const recoveryRefusedMail = defineMail('recovery_refused');
