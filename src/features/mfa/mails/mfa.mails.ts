// Mails about the second factor: what has changed, and what to do if it was not the user.
import { composeNotice, renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import {
  factorAddedMail,
  factorLockedMail,
  factorRemovedMail,
  recoveryCodesRenewedMail,
  recoveryCodeUsedMail,
} from './mfa-mail-templates.ts';

export const mfaMails: readonly MailRenderer[] = [
  renderMail(
    factorAddedMail,
    composeNotice({ subject: 'mail.factor_added.subject', what: 'mail.factor_added.what' }),
  ),
  renderMail(
    factorRemovedMail,
    composeNotice({ subject: 'mail.factor_removed.subject', what: 'mail.factor_removed.what' }),
  ),
  renderMail(
    factorLockedMail,
    composeNotice({
      subject: 'mail.factor_locked.subject',
      what: 'mail.factor_locked.what',
      mine: 'mail.factor_locked.mine',
      // The person who entered the codes knows the password.
      link: ({ t, recoverUrl }) => ({
        href: recoverUrl,
        label: t('mail.password_changed.link'),
      }),
    }),
  ),
  renderMail(
    recoveryCodeUsedMail,
    composeNotice({
      subject: 'mail.recovery_code_used.subject',
      what: 'mail.recovery_code_used.what',
      facts: ({ t, values: { left } }) =>
        left === undefined ? [] : [{ label: t('mail.recovery_code_used.left'), value: left }],
    }),
  ),
  renderMail(
    recoveryCodesRenewedMail,
    composeNotice({
      subject: 'mail.recovery_codes_renewed.subject',
      what: 'mail.recovery_codes_renewed.what',
    }),
  ),
];
