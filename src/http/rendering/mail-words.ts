// What each mail says: its sentences in their order, from the catalogue of one language. How they
// are set as text and HTML is left to mail-writer.ts.
import { presentClient } from './client-view.ts';
import type { MessageValues, Translate } from './locales.ts';

export interface MailContent {
  readonly subject: string;
  readonly opening: readonly string[];
  /** Facts to check, such as when and where. */
  readonly facts: readonly MailFact[];
  readonly closing: readonly string[];
  readonly link?: { readonly href: string; readonly label: string; readonly hint: string };
}

export interface MailFact {
  readonly label: string;
  readonly value: string;
}

export interface MailWords {
  readonly t: Translate;
  readonly locale: string;
  readonly values: Readonly<Record<string, string>>;
  /** As the app calls itself. */
  readonly client: string | undefined;
}

const templates: Readonly<Record<string, (words: MailWords) => MailContent>> = {
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

/** `undefined`: there is no such mail. */
export function findMailContent(template: string, words: MailWords): MailContent | undefined {
  return Object.hasOwn(templates, template) ? templates[template]?.(words) : undefined;
}

/** In the person's time zone when they told it, and always with its name. */
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
    // A zone that this system does not know.
    return format('UTC');
  }
}
