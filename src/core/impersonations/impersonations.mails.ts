// The mail that tells a user about an impersonation. It does not contain the reason, which is written
// for other administrators and may name a case or another person.
import { describeTime } from '#http/i18n/times.ts';
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { impersonatedMail } from './impersonation-mail-templates.ts';

export const impersonationMails: readonly MailRenderer[] = [
  renderMail(impersonatedMail, ({ t, locale, values }) => ({
    subject: t('mail.impersonated.subject'),
    opening: [t('mail.impersonated.what'), t('mail.impersonated.limits')],
    facts: [
      { label: t('mail.fact.time'), value: describeTime(locale, values.at, '') },
      { label: t('mail.fact.until'), value: describeTime(locale, values.until, '') },
    ],
    closing: [t('mail.impersonated.next')],
  })),
];
