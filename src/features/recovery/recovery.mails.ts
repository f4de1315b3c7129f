// Mails of the password reset.
import { composeCodeMail, composeRefusal } from '#features/email-tokens/email-tokens.mails.ts';
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { recoveryMail, recoveryRefusedMail } from './recovery-mail-templates.ts';

export const recoveryMails: readonly MailRenderer[] = [
  renderMail(
    recoveryMail,
    composeCodeMail({
      subject: 'mail.recovery.subject',
      heading: 'mail.recovery.heading',
      what: 'mail.recovery.what',
      link: 'mail.recovery.link',
    }),
  ),
  renderMail(
    recoveryRefusedMail,
    composeRefusal('mail.recovery_refused.subject', 'mail.recovery_refused.what'),
  ),
];
