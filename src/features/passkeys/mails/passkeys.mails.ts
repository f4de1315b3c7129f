// Mails about passkeys: what has changed, and what to do if it was not the user.
import {
  composeNotice,
  originFacts,
  renderMail,
  type MailFact,
  type MailRenderer,
  type MailWords,
} from '#http/rendering/mail/mail-content.ts';
import type { MailValues } from '#core/outbox/mail/mail.ts';
import {
  passkeyAddedMail,
  passkeyClonedMail,
  passkeyRemovedMail,
} from './passkey-mail-templates.ts';

/** The name of the passkey. */
function nameFacts({
  t,
  values: { passkey },
}: Pick<MailWords<MailValues>, 't' | 'values'>): readonly MailFact[] {
  return passkey === undefined ? [] : [{ label: t('mail.fact.passkey'), value: passkey }];
}

export const passkeyMails: readonly MailRenderer[] = [
  renderMail(
    passkeyAddedMail,
    composeNotice({
      subject: 'mail.passkey_added.subject',
      what: 'mail.passkey_added.what',
      closing: 'mail.passkey_added.not_mine',
      facts: nameFacts,
      link: ({ t, accountUrl }) => ({
        href: `${accountUrl}/passkeys`,
        label: t('mail.passkey_cloned.link'),
      }),
    }),
  ),
  renderMail(
    passkeyRemovedMail,
    composeNotice({
      subject: 'mail.passkey_removed.subject',
      what: 'mail.passkey_removed.what',
      facts: nameFacts,
    }),
  ),
  renderMail(passkeyClonedMail, ({ t, accountUrl, ...words }) => ({
    subject: t('mail.passkey_cloned.subject'),
    opening: [t('mail.passkey_cloned.what')],
    facts: [...nameFacts({ t, ...words }), ...originFacts({ t, ...words })],
    closing: [],
    link: { href: `${accountUrl}/passkeys`, label: t('mail.passkey_cloned.link'), hint: '' },
  })),
];
