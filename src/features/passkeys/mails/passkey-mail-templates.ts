// The mails about passkeys; passkeys.mails.ts renders them.
import { defineMail } from '#core/outbox/mail/mail.ts';

export type PasskeyMailValues = {
  /** The name of the passkey; absent in mail that an earlier version queued. */
  readonly passkey: string;
};

export const passkeyAddedMail = defineMail<PasskeyMailValues>('passkey_added');
export const passkeyRemovedMail = defineMail<PasskeyMailValues>('passkey_removed');
/** The signature counter suggests a copy of the passkey (WebAuthn §6.1.1). */
export const passkeyClonedMail = defineMail<PasskeyMailValues>('passkey_cloned');
