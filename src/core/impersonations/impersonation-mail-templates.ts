// The mail about an impersonation; impersonations.mails.ts renders it.
import { defineMail } from '#core/outbox/mail/mail.ts';

/** An administrator is signed in as the user. Times are RFC 3339. */
export const impersonatedMail = defineMail<{ readonly at: string; readonly until: string }>(
  'impersonated',
);
