// The mail about a finished data export.
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { exportReadyMail } from './export-mail-templates.ts';

export const exportMails: readonly MailRenderer[] = [
  renderMail(exportReadyMail, ({ t, time, values, accountUrl }) => ({
    subject: t('mail.export_ready.subject'),
    opening: [t('mail.export_ready.what')],
    facts: [{ label: t('mail.export_ready.until'), value: time(values.at) }],
    closing: [],
    link: {
      href: values.link,
      label: t('mail.export_ready.link'),
      hint: `${t('mail.export_ready.hint')} ${t('mail.factor.not_mine')}`,
    },
    other: { href: accountUrl, label: t('mail.account.link') },
  })),
];
