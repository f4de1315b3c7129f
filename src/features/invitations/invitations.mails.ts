// The mail with an invitation to register.
import type { Translate } from '#http/i18n/locales.ts';
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { presentName } from '#http/rendering/client-view.ts';
import { invitationMail } from './invitation-mail-templates.ts';

export const invitationMails: readonly MailRenderer[] = [
  renderMail(invitationMail, ({ t, values, actor = '' }) => ({
    subject: t('mail.invitation.subject'),
    opening: [describeInviter(t, presentName(actor))],
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

/** An operator on the command line, and an administrator without a name, are not named. */
function describeInviter(t: Translate, name: string): string {
  return name === '' ? t('mail.invitation.what') : t('mail.invitation.what.named', { name });
}
