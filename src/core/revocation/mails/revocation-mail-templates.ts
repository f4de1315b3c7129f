// The mails about revocation; revocation.mails.ts renders them.
import { defineMail } from '#core/outbox/mail/mail.ts';

/** An operator has blocked the account. */
export const blockedMail = defineMail('blocked');

/** The name of the client is looked up on delivery. */
export const refreshTokenReusedMail = defineMail<{ readonly clientId: string }>(
  'refresh_token_reused',
);
