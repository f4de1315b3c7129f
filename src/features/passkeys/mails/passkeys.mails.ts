// Mails about passkeys: what has changed, and what to do if it was not the user.
import {
  composeNotice,
  originFacts,
  renderMail,
  type MailRenderer,
} from '#http/rendering/mail/mail-content.ts';
import {
  passkeyAddedMail,
  passkeyClonedMail,
  passkeyRemovedMail,
} from './passkey-mail-templates.ts';

export const passkeyMails: readonly MailRenderer[] = [
  renderMail(
    passkeyAddedMail,
    composeNotice({
      subject: 'mail.passkey_added.subject',
      what: 'mail.passkey_added.what',
      closing: 'mail.passkey_added.not_mine',
    }),
  ),
  renderMail(
    passkeyRemovedMail,
    composeNotice({ subject: 'mail.passkey_removed.subject', what: 'mail.passkey_removed.what' }),
  ),
  renderMail(passkeyClonedMail, ({ t, accountUrl, ...words }) => ({
    subject: t('mail.passkey_cloned.subject'),
    opening: [t('mail.passkey_cloned.what')],
    facts: originFacts({ t, ...words }),
    closing: [],
    link: { href: `${accountUrl}/passkeys`, label: t('mail.passkey_cloned.link'), hint: '' },
  })),
];
