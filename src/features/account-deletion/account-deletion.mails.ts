// Mails about the deletion of an account: after the request, and after the deletion.
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { accountDeletedMail, deletionRequestedMail } from './deletion-mail-templates.ts';

export const deletionMails: readonly MailRenderer[] = [
  renderMail(deletionRequestedMail, ({ t, time, values, accountUrl }) => ({
    subject: t('mail.deletion_requested.subject'),
    opening: [t('mail.deletion_requested.what')],
    facts: [{ label: t('mail.deletion_requested.when'), value: time(values.at) }],
    closing: [t('mail.deletion_requested.keep')],
    link: {
      href: values.link,
      label: t('mail.deletion_requested.link'),
      hint: t('mail.deletion_requested.not_mine'),
    },
    other: { href: accountUrl, label: t('mail.account.link') },
  })),
  renderMail(accountDeletedMail, ({ t, values }) => ({
    subject: t('mail.account_deleted.subject'),
    opening: [
      values.requestedBy === 'user'
        ? t('mail.account_deleted.requested')
        : t('mail.account_deleted.what'),
    ],
    facts: [],
    closing: [],
    footer: 'mail.footer.deleted',
  })),
];
