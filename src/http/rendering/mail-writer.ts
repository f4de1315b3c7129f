// Renders a mail in the user's language, as plain text and as HTML. The services decide who
// receives which mail.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs from 'ejs';
import { directions } from '#http/i18n/languages.ts';
import { chooseLocale, createTranslator, type Translate } from '#http/i18n/locales.ts';
import type { MailContent, MailRenderer } from './mail-content.ts';
import type { WrittenMail } from '#platform/outbound/smtp.ts';
import type { WriteMail } from '#core/outbox/mail/mail.ts';

export interface MailWriterOptions {
  readonly viewsDirectory: string;
  readonly productName: string;
  readonly issuerUrl: URL;
  /** One per template, from all capabilities. */
  readonly renderers: readonly MailRenderer[];
}

export function createMailWriter(options: MailWriterOptions): WriteMail {
  const { viewsDirectory, productName, issuerUrl } = options;
  const renderers = new Map(options.renderers.map((each) => [each.template, each]));
  const late: { view?: ejs.TemplateFunction } = {};

  /** Compiled with the first mail, because commands never render one. */
  function view(): ejs.TemplateFunction {
    const filename = join(viewsDirectory, 'mail/notice.ejs');
    return (late.view ??= ejs.compile(readFileSync(filename, 'utf8'), { filename }));
  }

  return (mail, { client }): WrittenMail | undefined => {
    const renderer = renderers.get(mail.template);
    if (!renderer) return undefined;
    const locale = chooseLocale({ uiLocales: mail.locale });
    const words = createTranslator(locale);
    const t: Translate = (key, values) => words(key, { product: productName, ...values });
    const content = renderer.compose({ t, locale, values: mail.values, client });
    const { host } = issuerUrl;
    const letter = {
      content,
      greeting: t('mail.greeting'),
      footer: t(content.isAsked ? 'mail.footer.asked' : 'mail.footer', { host }),
    };
    return {
      subject: content.subject,
      text: setAsText(letter),
      html: view()({ ...letter, locale, dir: directions[locale], productName }),
    };
  };
}

interface Letter {
  readonly content: MailContent;
  readonly greeting: string;
  readonly footer: string;
}

function setAsText({ content, greeting, footer }: Letter): string {
  const { opening, code, facts, closing, link, other } = content;
  const parts = [
    greeting,
    ...opening,
    code ? `    ${code.value}` : '',
    facts.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    ...closing,
    ...(link ? [`${link.label}:\n${link.href}`] : []),
    ...(other ? [`${other.label}:\n${other.href}`] : []),
    link?.hint ?? '',
    `-- \n${footer}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
