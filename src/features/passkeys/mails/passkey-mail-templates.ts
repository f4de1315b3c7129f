// The mails about passkeys; passkeys.mails.ts renders them.
import { defineMail } from '#core/outbox/mail/mail.ts';

export const passkeyAddedMail = defineMail('passkey_added');
export const passkeyRemovedMail = defineMail('passkey_removed');
/** The signature counter suggests a copy of the passkey (WebAuthn §6.1.1). */
export const passkeyClonedMail = defineMail('passkey_cloned');
