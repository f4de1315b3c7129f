// Contents of the mails with email tokens and of related notifications. They are rendered by
// server/composition/mail-writer.ts; other mails are in server/composition/mail-templates.ts.
import type { MessageKey } from '#http/i18n/locales.ts';
import type { MailContent, MailWords } from '#http/rendering/mail-content.ts';

type WriteContent = (words: MailWords) => MailContent;

interface CodeMail {
  readonly subject: MessageKey;
  readonly what: MessageKey;
  readonly link: MessageKey;
  /** Text about the lifetime of the link. */
  readonly hint?: MessageKey;
  readonly isAsked?: boolean;
}

/** A mail with a code to enter and a link to open. */
function codeMail({
  subject,
  what,
  link,
  hint = 'mail.hint.hour',
  isAsked = false,
}: CodeMail): WriteContent {
  return ({ t, values }) => ({
    subject: t(subject),
    opening: [t(what)],
    code: { label: t('mail.code'), value: values['code'] ?? '' },
    facts: [],
    closing: [t('mail.code.keep'), t('mail.ignore')],
    link: { href: values['link'] ?? '', label: t(link), hint: t(hint) },
    isAsked,
  });
}

/** Sent to a user whose account is blocked. */
function refusalMail(what: MessageKey): WriteContent {
  return ({ t }) => ({
    subject: t('mail.recovery_refused.subject'),
    opening: [t(what)],
    facts: [],
    closing: [t('mail.blocked.next')],
  });
}

/** Sent to the old address about a requested or completed change of the address. */
function changeMail(subject: MessageKey, what: MessageKey): WriteContent {
  return ({ t, values }) => {
    const { link, email } = values;
    const shared = { subject: t(subject), opening: [t(what)] };
    // An unverified address is informed of the change only, without the new address or a link.
    if (link === undefined || email === undefined) return { ...shared, facts: [], closing: [] };
    return {
      ...shared,
      facts: [{ label: t('mail.email_change.new'), value: email }],
      closing: [t('mail.email_change.mine'), t('mail.email_change.not_mine')],
      link: { href: link, label: t('mail.new_device.link'), hint: t('mail.new_device.hint') },
    };
  };
}

export const tokenMails: Readonly<Record<string, WriteContent>> = {
  registration: codeMail({
    subject: 'mail.registration.subject',
    what: 'mail.registration.what',
    link: 'mail.registration.link',
    isAsked: true,
  }),
  registration_known: ({ t, values }) => ({
    subject: t('mail.registration_known.subject'),
    opening: [t('mail.registration_known.what')],
    facts: [],
    closing: [t('mail.ignore')],
    link: { href: values['link'] ?? '', label: t('mail.registration_known.link'), hint: '' },
    other: { href: values['other'] ?? '', label: t('mail.registration_known.other') },
  }),
  invitation: ({ t, values }) => ({
    subject: t('mail.invitation.subject'),
    opening: [t('mail.invitation.what')],
    facts: [],
    closing: [t('mail.invitation.ignore')],
    link: {
      href: values['link'] ?? '',
      label: t('mail.registration.link'),
      hint: t('mail.new_device.hint'),
    },
    isAsked: true,
  }),
  verification: codeMail({
    subject: 'mail.verification.subject',
    what: 'mail.verification.what',
    link: 'mail.verification.link',
    isAsked: true,
  }),
  recovery: codeMail({
    subject: 'mail.recovery.subject',
    what: 'mail.recovery.what',
    link: 'mail.recovery.link',
  }),
  recovery_refused: refusalMail('mail.recovery_refused.what'),
  sign_in: codeMail({
    subject: 'mail.sign_in.subject',
    what: 'mail.sign_in.what',
    link: 'mail.sign_in.link',
    hint: 'mail.hint.minutes',
  }),
  sign_in_refused: refusalMail('mail.sign_in_refused.what'),
  password_changed: ({ t, values }) => ({
    subject: t('mail.password_changed.subject'),
    opening: [t('mail.password_changed.what')],
    facts: [],
    closing: [t('mail.email_change.mine'), t('mail.password_changed.not_mine')],
    link: { href: values['link'] ?? '', label: t('mail.password_changed.link'), hint: '' },
  }),
  email_change: codeMail({
    subject: 'mail.email_change.subject',
    what: 'mail.email_change.what',
    link: 'mail.email_change.link',
    isAsked: true,
  }),
  email_change_known: ({ t, values }) => ({
    subject: t('mail.email_change_known.subject'),
    opening: [t('mail.email_change_known.what')],
    facts: [],
    closing: [t('mail.ignore')],
    link: { href: values['link'] ?? '', label: t('mail.registration_known.link'), hint: '' },
    other: { href: values['other'] ?? '', label: t('mail.registration_known.other') },
  }),
  email_change_requested: changeMail(
    'mail.email_change_requested.subject',
    'mail.email_change_requested.what',
  ),
  email_changed: changeMail('mail.email_changed.subject', 'mail.email_changed.what'),
};
