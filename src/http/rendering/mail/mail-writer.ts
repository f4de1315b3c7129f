// Renders a mail in the user's language, as plain text and as HTML. The services decide who
// receives which mail.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs from 'ejs';
import { directions } from '#http/i18n/languages.ts';
import {
  chooseLocale,
  createTranslator,
  type MessageKey,
  type Translate,
} from '#http/i18n/locales.ts';
import { describeTime } from '#http/i18n/times.ts';
import { createMailStyles, type MailLook } from './mail-styles.ts';
import { writeText } from './mail-text.ts';
import type { MailContent, MailRenderer } from './mail-content.ts';
import type { InlineImage, WrittenMail } from '#platform/outbound/smtp.ts';
import type { WriteMail } from '#core/outbox/mail/mail.ts';

export interface MailWriterOptions {
  readonly viewsDirectory: string;
  readonly productName: string;
  readonly issuerUrl: URL;
  /** The picture beside the product name: a square PNG, sent along with every mail. */
  readonly logoFile: string;
  readonly brand?: MailBrand | undefined;
  /** Links in the footer of every mail. */
  readonly footerLinks: readonly { readonly href: string; readonly label: MessageKey }[];
  /** One per template, from all capabilities. */
  readonly renderers: readonly MailRenderer[];
}

/** What mails show of the operator's brand. */
export interface MailBrand extends MailLook {
  /** Replaces `logoFile`; `none` if that file would not match the brand. */
  readonly logo: InlineImage | 'standard' | 'none';
}

const standardLook: MailBrand = { colors: {}, fonts: undefined, logo: 'standard' };

/** Prepared with the first mail, because most commands never render one. */
function prepare({ viewsDirectory, logoFile, brand = standardLook }: MailWriterOptions) {
  const filename = join(viewsDirectory, 'mail/notice.ejs');
  const { inline: style, dark } = createMailStyles(brand);
  const logo = brand.logo === 'standard' ? readLogo(logoFile) : brand.logo;
  return {
    // With the cache, a part that the template includes is read and compiled once.
    view: ejs.compile(readFileSync(filename, 'utf8'), { filename, cache: true }),
    style,
    dark,
    logo: logo === 'none' ? undefined : logo,
  };
}

function readLogo(file: string): InlineImage {
  return { cid: 'logo', contentType: 'image/png', base64: readFileSync(file, 'base64') };
}

function reasonOf({ footer, isAsked }: MailContent): MessageKey {
  return footer ?? (isAsked ? 'mail.footer.asked' : 'mail.footer');
}

export function createMailWriter(options: MailWriterOptions): WriteMail {
  const { productName, issuerUrl } = options;
  const renderers = new Map(options.renderers.map((each) => [each.template, each]));
  const pages = `${issuerUrl.href.replace(/\/$/, '')}/auth`;
  const urls = { accountUrl: `${pages}/account`, recoverUrl: `${pages}/recover` };
  let prepared: ReturnType<typeof prepare> | undefined;

  return (mail, facts): WrittenMail | undefined => {
    const renderer = renderers.get(mail.template);
    if (!renderer) return undefined;
    const locale = chooseLocale({ uiLocales: mail.locale });
    const dir = directions[locale];
    const words = createTranslator(locale);
    const t: Translate = (key, values) => words(key, { product: productName, ...values });
    const { values, to } = mail;
    const { zone = '' } = values;
    const time = (at: string) => describeTime(locale, at, zone);
    const content = renderer.compose({ t, time, ...urls, ...facts, values, to });
    const letter = {
      content,
      footer: t(reasonOf(content), { host: issuerUrl.host }),
      footerLinks: options.footerLinks.map(({ href, label }) => ({ href, label: t(label) })),
    };
    const { view, ...look } = (prepared ??= prepare(options));
    // In a mail that continues an act of the user, the button comes first; a notification is read before
    // that.
    const leadsOn = Boolean(content.code ?? content.other ?? content.isAsked);
    const isButtonFirst = leadsOn && content.facts.length === 0;
    const start = dir === 'rtl' ? 'right' : 'left';
    const page = { locale, dir, start, isButtonFirst, or: t('with.or') };
    return {
      subject: content.subject,
      text: writeText(letter),
      html: view({ ...letter, ...look, ...page, productName }),
      images: look.logo ? [look.logo] : [],
    };
  };
}
