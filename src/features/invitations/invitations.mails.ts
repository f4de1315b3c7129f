// The mail with an invitation to register.
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { presentName } from '#http/rendering/client-view.ts';
import { invitationMail } from './invitation-mail-templates.ts';

export const invitationMails: readonly MailRenderer[] = [
  renderMail(invitationMail, ({ t, values, actor }) => ({
    subject: t('mail.invitation.subject'),
    opening: [
      actor === undefined
        ? t('mail.invitation.what')
        : t('mail.invitation.what.named', { name: presentName(actor) }),
    ],
    facts: [],
    closing: [t('mail.invitation.ignore')],
    link: {
      href: values.link,
      label: t('mail.invitation.link'),
      hint: t('mail.new_device.hint'),
    },
    isAsked: true,
    footer: 'mail.footer.invited',
  })),
];
