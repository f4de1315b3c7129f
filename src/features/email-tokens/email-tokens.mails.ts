// The content that all mails with an email token share.
import type { MessageKey } from '#http/i18n/locales.ts';
import type { ComposeMail } from '#http/rendering/mail/mail-content.ts';
import type { CodeMailValues, KnownUserMailValues } from './email-token-mail-templates.ts';

export interface CodeMailTexts {
  /** Contains the code, so that users can read it in a notification. */
  readonly subject: MessageKey;
  readonly heading: MessageKey;
  readonly what: MessageKey;
  readonly link: MessageKey;
  /** Text about the lifetime of the link. */
  readonly hint?: MessageKey;
  readonly isAsked?: boolean;
}

/** Composes a mail with a code to enter and a link to open. */
export function composeCodeMail({
  subject,
  heading,
  what,
  link,
  hint = 'mail.hint.hour',
  isAsked = false,
}: CodeMailTexts): ComposeMail<CodeMailValues> {
  return ({ t, values }) => ({
    subject: t(subject, { code: values.code }),
    heading: t(heading),
    preheader: t(hint),
    opening: [t(what)],
    code: { label: t('mail.code'), value: values.code },
    facts: [],
    closing: [t('mail.code.keep'), t('mail.ignore')],
    link: { href: values.link, label: t(link), hint: t(hint) },
    isAsked,
  });
}

/** Composes a mail to a user whose account is blocked. */
export function composeRefusal(subject: MessageKey, what: MessageKey): ComposeMail {
  return ({ t }) => ({
    subject: t(subject),
    opening: [t(what)],
    facts: [],
    closing: [t('mail.blocked.next')],
  });
}

/** Composes a mail to a user whose address was entered, although it belongs to an account. */
export function composeKnownUserMail(
  subject: MessageKey,
  what: MessageKey,
): ComposeMail<KnownUserMailValues> {
  return ({ t, values }) => ({
    subject: t(subject),
    opening: [t(what)],
    facts: [],
    closing: [t('mail.ignore')],
    link: { href: values.link, label: t('mail.registration_known.link'), hint: '', isQuiet: true },
    other: { href: values.other, label: t('mail.registration_known.other') },
  });
}
