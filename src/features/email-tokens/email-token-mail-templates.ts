// The mails of a registration, and the values of every mail with an email token;
// email-tokens.mails.ts renders them.
import { defineMail } from '#core/outbox/mail.ts';

/** The two forms of an email token. */
export type CodeMailValues = {
  readonly code: string;
  readonly link: string;
};

/** To a user who has an account already: links to the sign-in, and to the password reset. */
export type KnownUserMailValues = {
  readonly link: string;
  readonly other: string;
};

export const registrationMail = defineMail<CodeMailValues>('registration');
/** To the owner of an address with which another registration was attempted. */
export const registrationKnownMail = defineMail<KnownUserMailValues>('registration_known');
