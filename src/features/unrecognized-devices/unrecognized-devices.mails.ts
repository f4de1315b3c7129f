// The mail about a sign-in with a new device, for the user to recognize or report.
import { showDevice } from '#http/i18n/devices.ts';
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { newDeviceMail } from './device-mail-templates.ts';

export const deviceMails: readonly MailRenderer[] = [
  renderMail(newDeviceMail, ({ t, time, values }) => ({
    subject: t('mail.new_device.subject'),
    opening: [t('mail.new_device.what')],
    facts: [
      {
        label: t('mail.fact.device'),
        value: showDevice(t, values.device) || t('mail.fact.device.unknown'),
      },
      { label: t('mail.fact.time'), value: time(values.at) },
      { label: t('mail.fact.address'), value: values.address },
    ],
    closing: [t('mail.new_device.mine'), t('mail.new_device.not_mine')],
    link: {
      href: values.link,
      label: t('mail.new_device.link'),
      hint: t('mail.new_device.hint'),
      isAlarm: true,
    },
  })),
];
