// The mails about the password; passwords.mails.ts renders them.
import { defineMail } from '#core/outbox/mail/mail.ts';

/** After a change or a reset; `link` leads to the password reset. */
export const passwordChangedMail = defineMail<{ readonly link: string }>('password_changed');
export const passwordRemovedMail = defineMail('password_removed');
