// The mails about the second factor; mfa.mails.ts renders them.
import { defineMail } from '#core/outbox/mail/mail.ts';

export const factorAddedMail = defineMail('factor_added');
export const factorRemovedMail = defineMail('factor_removed');
/** Too many wrong codes in a row. */
export const factorLockedMail = defineMail('factor_locked');
export const recoveryCodeUsedMail = defineMail<{
  /** Number of unused codes; absent in mail that an earlier version queued. */
  readonly left: string;
}>('recovery_code_used');
export const recoveryCodesRenewedMail = defineMail('recovery_codes_renewed');
