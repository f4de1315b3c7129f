// Mails about linked accounts; their texts name the identity provider.
import { composeNotice, renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { identityLinkedMail, identityUnlinkedMail } from './federation-mail-templates.ts';

export const federationMails: readonly MailRenderer[] = [
  renderMail(
    identityLinkedMail,
    composeNotice({
      subject: 'mail.identity_linked.subject',
      what: 'mail.identity_linked.what',
      closing: 'mail.identity_linked.not_mine',
      link: ({ t, accountUrl }) => ({
        href: `${accountUrl}/linked`,
        label: t('mail.identity_linked.link'),
      }),
    }),
  ),
  renderMail(
    identityUnlinkedMail,
    composeNotice({
      subject: 'mail.identity_unlinked.subject',
      what: 'mail.identity_unlinked.what',
    }),
  ),
];
