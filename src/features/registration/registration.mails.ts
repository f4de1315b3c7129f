// Mails of a registration.
import {
  composeCodeMail,
  composeKnownUserMail,
} from '#features/email-tokens/email-tokens.mails.ts';
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { registrationKnownMail, registrationMail } from './registration-mail-templates.ts';

export const registrationMails: readonly MailRenderer[] = [
  renderMail(
    registrationMail,
    composeCodeMail({
      subject: 'mail.registration.subject',
      heading: 'mail.registration.heading',
      what: 'mail.registration.what',
      link: 'mail.registration.link',
      isAsked: true,
    }),
  ),
  renderMail(
    registrationKnownMail,
    composeKnownUserMail('mail.registration_known.subject', 'mail.registration_known.what'),
  ),
];
