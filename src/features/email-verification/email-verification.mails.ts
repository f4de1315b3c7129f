// Mails that verify an email address, and those about a change of the address.
import type { MessageKey } from '#http/i18n/locales.ts';
import {
  renderMail,
  timeFacts,
  type ComposeMail,
  type MailRenderer,
} from '#http/rendering/mail/mail-content.ts';
import {
  composeCodeMail,
  composeKnownUserMail,
} from '#features/email-tokens/email-tokens.mails.ts';
import {
  emailChangedMail,
  emailChangeKnownMail,
  emailChangeMail,
  emailChangeRequestedMail,
  verificationMail,
  type EmailChangeNoticeValues,
} from './verification-mail-templates.ts';

interface ChangeNoticeTexts {
  readonly subject: MessageKey;
  readonly what: MessageKey;
  /** The label of the address that receives the mail. */
  readonly current: MessageKey;
  /** What to do if it was not the user. */
  readonly notMine: MessageKey;
}

/** Composes a mail to the old address about a requested or completed change of the address. */
function composeChangeNotice({
  subject,
  what,
  current,
  notMine,
}: ChangeNoticeTexts): ComposeMail<EmailChangeNoticeValues> {
  return ({ t, values, to, ...words }) => {
    const { link, email } = values;
    const shared = { subject: t(subject), opening: [t(what)] };
    // An unverified address is informed of the change only, without the new address or a link.
    if (link === undefined || email === undefined) return { ...shared, facts: [], closing: [] };
    return {
      ...shared,
      facts: [
        { label: t(current), value: to },
        { label: t('mail.email_change.new'), value: email },
        ...timeFacts({ t, ...words }),
      ],
      closing: [t('mail.email_change.mine'), t(notMine)],
      link: {
        href: link,
        label: t('mail.new_device.link'),
        hint: t('mail.new_device.hint'),
        isAlarm: true,
      },
    };
  };
}

export const verificationMails: readonly MailRenderer[] = [
  renderMail(
    verificationMail,
    composeCodeMail({
      subject: 'mail.verification.subject',
      heading: 'mail.verification.heading',
      what: 'mail.verification.what',
      link: 'mail.verification.link',
      isAsked: true,
    }),
  ),
  renderMail(
    emailChangeMail,
    composeCodeMail({
      subject: 'mail.email_change.subject',
      heading: 'mail.email_change.heading',
      what: 'mail.email_change.what',
      link: 'mail.email_change.link',
      isAsked: true,
    }),
  ),
  renderMail(
    emailChangeKnownMail,
    composeKnownUserMail('mail.email_change_known.subject', 'mail.email_change_known.what'),
  ),
  renderMail(
    emailChangeRequestedMail,
    composeChangeNotice({
      subject: 'mail.email_change_requested.subject',
      what: 'mail.email_change_requested.what',
      current: 'email.current',
      notMine: 'mail.email_change.not_mine',
    }),
  ),
  renderMail(
    emailChangedMail,
    composeChangeNotice({
      subject: 'mail.email_changed.subject',
      what: 'mail.email_changed.what',
      current: 'mail.email_change.old',
      notMine: 'mail.email_changed.not_mine',
    }),
  ),
];
