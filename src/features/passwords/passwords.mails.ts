// Mails about the password: that it was changed or removed.
import {
  composeNotice,
  originFacts,
  renderMail,
  type MailRenderer,
} from '#http/rendering/mail/mail-content.ts';
import { passwordChangedMail, passwordRemovedMail } from './password-mail-templates.ts';

export const passwordMails: readonly MailRenderer[] = [
  renderMail(passwordChangedMail, ({ t, values, ...words }) => ({
    subject: t('mail.password_changed.subject'),
    opening: [t('mail.password_changed.what')],
    facts: originFacts({ t, values, ...words }),
    closing: [t('mail.email_change.mine'), t('mail.password_changed.not_mine')],
    link: { href: values.link, label: t('mail.password_changed.link'), hint: '', isQuiet: true },
  })),
  renderMail(
    passwordRemovedMail,
    composeNotice({
      subject: 'mail.password_removed.subject',
      what: 'mail.password_removed.what',
      closing: 'mail.password_removed.not_mine',
    }),
  ),
];
