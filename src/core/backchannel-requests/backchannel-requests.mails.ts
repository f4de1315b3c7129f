// The mail about a request that waits for the user's decision.
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { requestWaitingMail } from './backchannel-mail-templates.ts';

export const backchannelRequestMails: readonly MailRenderer[] = [
  renderMail(requestWaitingMail, ({ t, values }) => ({
    subject: t('mail.request_waiting.subject', { client: values.client }),
    opening: [t('mail.request_waiting.what', { client: values.client })],
    facts:
      values.message === ''
        ? []
        : [{ label: t('mail.request_waiting.message'), value: values.message }],
    closing: [],
    link: {
      href: values.link,
      label: t('mail.request_waiting.link'),
      hint: `${t('mail.request_waiting.hint')} ${t('mail.request_waiting.other')}`,
    },
  })),
];
