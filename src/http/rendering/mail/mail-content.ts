// The content of a mail before it is rendered as text and HTML, and the functions that compose it
// from a template's values. mail-writer.ts renders it.
import type {
  MailFacts,
  MailTemplate,
  MailValues,
  NoValues,
  ValuesOf,
} from '#core/outbox/mail/mail.ts';
import { showDevice } from '#http/i18n/devices.ts';
import type { MessageKey, Translate } from '#http/i18n/locales.ts';

export interface MailContent {
  readonly subject: string;
  /** The heading in the HTML; the subject by default. */
  readonly heading?: string;
  /** The preview text in a list of mails; by default, the first sentence. */
  readonly preheader?: string;
  readonly opening: readonly string[];
  /** Shown in large type, for the user to type. */
  readonly code?: { readonly label: string; readonly value: string };
  /** Details for the user to check, such as the time and the location. */
  readonly facts: readonly MailFact[];
  readonly closing: readonly string[];
  /** The only button. */
  readonly link?: MailLink;
  /** A second, less prominent link. */
  readonly other?: { readonly href: string; readonly label: string };
  /** True if the mail was requested for an address that may not belong to an account. */
  readonly isAsked?: boolean;
  /** Why the recipient gets the mail, if neither of the usual reasons applies. */
  readonly footer?: MessageKey;
}

export interface MailLink {
  readonly href: string;
  readonly label: string;
  readonly hint: string;
  /** True if the user reports an attack with this link. */
  readonly isAlarm?: boolean;
  /** True if most recipients need not follow it; the button is then outlined. */
  readonly isQuiet?: boolean;
}

export interface MailFact {
  readonly label: string;
  readonly value: string;
}

/** The tools and values with which a mail is composed. */
export interface MailWords<Values = NoValues> extends MailFacts {
  readonly t: Translate;
  /** Formats a time, given in ISO 8601: in the user's time zone if it is known, otherwise in UTC. */
  readonly time: (at: string) => string;
  readonly values: Values;
  /** The address of the recipient. */
  readonly to: string;
  /** The account page. */
  readonly accountUrl: string;
  /** The page that sends a password reset. */
  readonly recoverUrl: string;
}

export type ComposeMail<Values = NoValues> = (words: MailWords<Values>) => MailContent;

/** Composes the mails of one template. */
export interface MailRenderer {
  readonly template: string;
  readonly compose: ComposeMail<MailValues>;
}

export function renderMail<Values extends MailValues | void>(
  { template }: MailTemplate<Values>,
  compose: ComposeMail<ValuesOf<Values>>,
): MailRenderer {
  // The assertion holds because only the template creates its mails, and its values do not change.
  return { template, compose: (words) => compose(words as MailWords<ValuesOf<Values>>) };
}

export interface NoticeTexts {
  readonly subject: MessageKey;
  readonly what: MessageKey;
  /** What to do if it was the user; by default, nothing. */
  readonly mine?: MessageKey;
  /** What to do if it was not the user. */
  readonly closing?: MessageKey;
  /** Details shown before the device and the time. */
  readonly facts?: (words: Pick<MailWords<MailValues>, 't' | 'values'>) => readonly MailFact[];
  /** The account page by default. */
  readonly link?: (
    words: Pick<MailWords, 't' | 'accountUrl' | 'recoverUrl'>,
  ) => Pick<MailLink, 'href' | 'label'>;
}

/** The time of the event that a mail is about. */
export function timeFacts({
  t,
  time,
  orderedAt,
}: Pick<MailWords, 't' | 'time' | 'orderedAt'>): readonly MailFact[] {
  if (!orderedAt) return [];
  return [{ label: t('mail.fact.time'), value: time(orderedAt.toISOString()) }];
}

/** The time of the event, and the device and address of the request if the mail has them. */
export function originFacts(
  words: Pick<MailWords<MailValues>, 't' | 'time' | 'orderedAt' | 'values'>,
): readonly MailFact[] {
  const { t } = words;
  const { device, address } = words.values;
  return [
    ...(device === undefined
      ? []
      : [
          {
            label: t('mail.fact.device'),
            value: showDevice(t, device) || t('mail.fact.device.unknown'),
          },
        ]),
    ...timeFacts(words),
    ...(address === undefined ? [] : [{ label: t('mail.fact.address'), value: address }]),
  ];
}

/** Composes a notification about a change of sign-in methods. */
export function composeNotice({
  subject,
  what,
  mine = 'mail.email_change.mine',
  closing = 'mail.factor.not_mine',
  facts,
  link,
}: NoticeTexts): ComposeMail<MailValues> {
  return ({ t, values, accountUrl, recoverUrl, ...words }) => ({
    subject: t(subject, values),
    opening: [t(what, values)],
    facts: [...(facts?.({ t, values }) ?? []), ...originFacts({ t, values, ...words })],
    closing: [t(mine), t(closing)],
    link: {
      ...(link?.({ t, accountUrl, recoverUrl }) ?? {
        href: accountUrl,
        label: t('mail.account.link'),
      }),
      hint: '',
      isQuiet: true,
    },
  });
}
