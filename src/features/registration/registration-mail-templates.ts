// The mails of a registration; registration.mails.ts renders them.
import { defineMail } from '#core/outbox/mail/mail.ts';
import type {
  CodeMailValues,
  KnownUserMailValues,
} from '#features/email-tokens/email-token-mail-templates.ts';

export const registrationMail = defineMail<CodeMailValues>('registration');
/** To the owner of an address with which another registration was attempted. */
export const registrationKnownMail = defineMail<KnownUserMailValues>('registration_known');
