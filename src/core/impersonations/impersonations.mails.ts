// The mail that tells a user about an impersonation. It does not contain the reason, which is written
// for other administrators and may name a case or another person.
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { impersonatedMail } from './impersonation-mail-templates.ts';

export const impersonationMails: readonly MailRenderer[] = [
  renderMail(impersonatedMail, ({ t, time, values, accountUrl }) => ({
    subject: t('mail.impersonated.subject'),
    opening: [t('mail.impersonated.what'), t('mail.impersonated.limits')],
    facts: [
      { label: t('mail.impersonated.started'), value: time(values.at) },
      { label: t('mail.impersonated.ends'), value: time(values.until) },
    ],
    closing: [t('mail.impersonated.next')],
    link: {
      href: `${accountUrl}/sessions`,
      label: t('mail.impersonated.link'),
      hint: '',
      isQuiet: true,
    },
  })),
];
