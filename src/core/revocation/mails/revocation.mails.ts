// Mails about revocation: a blocked account, and the reuse of a refresh token.
import { presentClient } from '#http/rendering/client-view.ts';
import { renderMail, timeFacts, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { blockedMail, refreshTokenReusedMail } from './revocation-mail-templates.ts';

export const revocationMails: readonly MailRenderer[] = [
  renderMail(blockedMail, ({ t }) => ({
    subject: t('mail.blocked.subject'),
    opening: [t('mail.blocked.what')],
    facts: [],
    closing: [t('mail.blocked.next')],
  })),
  renderMail(refreshTokenReusedMail, ({ t, client, accountUrl, ...words }) => {
    const { name } = presentClient({ clientId: '', clientName: client });
    const app = name || t('client.unnamed');
    return {
      subject: t('mail.refresh_token_reused.subject', { client: app }),
      opening: [t('mail.refresh_token_reused.what', { client: app })],
      facts: [{ label: t('mail.fact.app'), value: app }, ...timeFacts({ t, ...words })],
      closing: [t('mail.refresh_token_reused.next')],
      link: { href: accountUrl, label: t('mail.account.link'), hint: '', isQuiet: true },
    };
  }),
];
