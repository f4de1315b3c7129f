// Mails of the sign-in by email.
import { composeCodeMail, composeRefusal } from '#features/email-tokens/email-tokens.mails.ts';
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { signInMail, signInRefusedMail } from './email-sign-in-mail-templates.ts';

export const emailSignInMails: readonly MailRenderer[] = [
  renderMail(
    signInMail,
    composeCodeMail({
      subject: 'mail.sign_in.subject',
      heading: 'mail.sign_in.heading',
      what: 'mail.sign_in.what',
      link: 'mail.sign_in.link',
      hint: 'mail.hint.minutes',
    }),
  ),
  renderMail(
    signInRefusedMail,
    composeRefusal('mail.sign_in_refused.subject', 'mail.sign_in_refused.what'),
  ),
];
