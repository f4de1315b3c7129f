// The content of each mail: its sentences in order, from the message catalog of one language.
// mail-writer.ts renders it as text and HTML.
import { presentClient } from '#http/rendering/client-view.ts';
import { factorMails } from '#features/mfa/mfa.mails.ts';
import type { MessageValues } from '#http/i18n/locales.ts';
import type { MailContent, MailWords } from '#http/rendering/mail-content.ts';
import { tokenMails } from '#features/email-tokens/email-tokens.mails.ts';

const templates: Readonly<Record<string, (words: MailWords) => MailContent>> = {
  ...tokenMails,
  ...factorMails,
  blocked: ({ t }) => ({
    subject: t('mail.blocked.subject'),
    opening: [t('mail.blocked.what')],
    facts: [],
    closing: [t('mail.blocked.next')],
  }),
  new_device: ({ t, locale, values }) => ({
    subject: t('mail.new_device.subject'),
    opening: [t('mail.new_device.what')],
    facts: [
      { label: t('mail.fact.device'), value: values['device'] || t('mail.fact.device.unknown') },
      { label: t('mail.fact.time'), value: describeTime(locale, values['at'], values['zone']) },
      { label: t('mail.fact.address'), value: values['address'] ?? '' },
    ],
    closing: [t('mail.new_device.mine'), t('mail.new_device.not_mine')],
    link: {
      href: values['link'] ?? '',
      label: t('mail.new_device.link'),
      hint: t('mail.new_device.hint'),
    },
  }),
  export_ready: ({ t, locale, values }) => ({
    subject: t('mail.export_ready.subject'),
    opening: [t('mail.export_ready.what')],
    facts: [
      {
        label: t('mail.export_ready.until'),
        value: describeTime(locale, values['at'], values['zone']),
      },
    ],
    closing: [t('mail.factor.not_mine')],
    link: {
      href: values['link'] ?? '',
      label: t('mail.export_ready.link'),
      hint: t('mail.export_ready.hint'),
    },
  }),
  deletion_requested: ({ t, locale, values }) => ({
    subject: t('mail.deletion_requested.subject'),
    opening: [t('mail.deletion_requested.what')],
    facts: [
      { label: t('mail.fact.time'), value: describeTime(locale, values['at'], values['zone']) },
    ],
    closing: [t('mail.deletion_requested.keep'), t('mail.factor.not_mine')],
    link: {
      href: values['link'] ?? '',
      label: t('mail.deletion_requested.link'),
      hint: t('mail.deletion_requested.hint'),
    },
  }),
  account_deleted: ({ t }) => ({
    subject: t('mail.account_deleted.subject'),
    opening: [t('mail.account_deleted.what')],
    facts: [],
    closing: [],
  }),
  refresh_token_reused: ({ t, client }) => {
    const { name } = presentClient({ clientId: '', clientName: client });
    const named: MessageValues = { client: name || t('client.unnamed') };
    return {
      subject: t('mail.refresh_token_reused.subject', named),
      opening: [t('mail.refresh_token_reused.what', named)],
      facts: [],
      closing: [t('mail.refresh_token_reused.next', named)],
    };
  },
};

/** `undefined`: unknown template. */
export function findMailContent(template: string, words: MailWords): MailContent | undefined {
  return Object.hasOwn(templates, template) ? templates[template]?.(words) : undefined;
}

/** In the user's time zone if it is known, and always with the name of the zone. */
function describeTime(locale: string, at: string | undefined, zone: string | undefined): string {
  const format = (timeZone: string) =>
    new Intl.DateTimeFormat(locale, {
      dateStyle: 'full',
      timeStyle: 'long',
      timeZone,
    }).format(new Date(at ?? 0));
  try {
    return format(zone || 'UTC');
  } catch {
    // The system does not know the time zone.
    return format('UTC');
  }
}
