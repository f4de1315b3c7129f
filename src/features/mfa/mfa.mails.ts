// Mails about changes of sign-in methods: what has changed, and what to do if it was not the user.
// The templates are rendered by server/composition/mail-writer.ts.
import type { MessageKey } from '#http/i18n/locales.ts';
import type { MailContent, MailWords } from '#http/rendering/mail-content.ts';

type WriteContent = (words: MailWords) => MailContent;

function factorMail(
  subject: MessageKey,
  what: MessageKey,
  closing: MessageKey = 'mail.factor.not_mine',
): WriteContent {
  return ({ t }) => ({
    subject: t(subject),
    opening: [t(what)],
    facts: [],
    closing: [t(closing)],
  });
}

/** Inserts the name of the identity provider. */
function identityMail(
  subject: MessageKey,
  what: MessageKey,
  closing: MessageKey = 'mail.factor.not_mine',
): WriteContent {
  return ({ t, values }) => {
    const named = { provider: values['provider'] ?? '' };
    return {
      subject: t(subject, named),
      opening: [t(what, named)],
      facts: [],
      closing: [t(closing)],
    };
  };
}

export const factorMails: Readonly<Record<string, WriteContent>> = {
  factor_added: factorMail('mail.factor_added.subject', 'mail.factor_added.what'),
  factor_removed: factorMail('mail.factor_removed.subject', 'mail.factor_removed.what'),
  factor_locked: factorMail('mail.factor_locked.subject', 'mail.factor_locked.what'),
  recovery_code_used: factorMail('mail.recovery_code_used.subject', 'mail.recovery_code_used.what'),
  recovery_codes_renewed: factorMail(
    'mail.recovery_codes_renewed.subject',
    'mail.recovery_codes_renewed.what',
  ),
  passkey_added: factorMail(
    'mail.passkey_added.subject',
    'mail.passkey_added.what',
    'mail.passkey_added.not_mine',
  ),
  passkey_removed: factorMail('mail.passkey_removed.subject', 'mail.passkey_removed.what'),
  passkey_cloned: factorMail('mail.passkey_cloned.subject', 'mail.passkey_cloned.what'),
  identity_linked: identityMail(
    'mail.identity_linked.subject',
    'mail.identity_linked.what',
    'mail.identity_linked.not_mine',
  ),
  identity_unlinked: identityMail('mail.identity_unlinked.subject', 'mail.identity_unlinked.what'),
  password_removed: factorMail('mail.password_removed.subject', 'mail.password_removed.what'),
};
