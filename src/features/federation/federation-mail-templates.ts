// The mails about linked accounts; federation.mails.ts renders them.
import { defineMail } from '#core/outbox/mail/mail.ts';

/** `provider` is the name of the identity provider. */
export type IdentityMailValues = {
  readonly provider: string;
};

export const identityLinkedMail = defineMail<IdentityMailValues>('identity_linked');
export const identityUnlinkedMail = defineMail<IdentityMailValues>('identity_unlinked');
