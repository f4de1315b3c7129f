// The pages of the development mailbox: a list of captured mail, and each mail with clickable
// links. They exist in development only, as long as no mail server is configured.
import type Router from '@koa/router';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import { defaultLocale } from '#http/i18n/locales.ts';
import type { CapturedMail, Mailbox } from './dev-mailbox.service.ts';
import type { SitePages } from '#http/site-pages.ts';
import { defineView } from '#http/rendering/view.ts';

export interface DevMailLocals {
  readonly mails: readonly {
    readonly href: string;
    readonly subject: string;
    readonly to: string;
    readonly at: string;
  }[];
}

export const devMailView = defineView<DevMailLocals>('dev-mailbox/dev-mail');

export interface DevMailViewLocals {
  readonly subject: string;
  readonly to: string;
  readonly at: string;
  readonly pieces: readonly { readonly text: string; readonly href?: string | undefined }[];
  readonly htmlHref: string;
  readonly backHref: string;
}

export const devMailContentView = defineView<DevMailViewLocals>('dev-mailbox/dev-mail-view');

export interface DevMailPageDependencies {
  readonly site: SitePages;
  readonly mailbox: Mailbox;
}

/** Allows the inline style of a mail and nothing else. */
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

export function addDevMailPages(router: Router, { site, mailbox }: DevMailPageDependencies): void {
  async function find(ctx: Context): Promise<CapturedMail> {
    const mail = await mailbox.find(Number(ctx['params'].number));
    if (!mail) throw new AppError('not_found', 'Mail not found.');
    return mail;
  }

  router.get('/auth/dev/mail', async (ctx) => {
    const mails = await mailbox.list();
    site.render(ctx, devMailView, {
      mails: mails.map((mail) => ({
        href: site.address(`/auth/dev/mail/${mail.number}`),
        subject: mail.subject,
        to: mail.to,
        at: describeTime(ctx, mail.at),
      })),
    });
  });

  router.get('/auth/dev/mail/:number', async (ctx) => {
    const mail = await find(ctx);
    site.render(ctx, devMailContentView, {
      subject: mail.subject,
      to: mail.to,
      at: describeTime(ctx, mail.at),
      pieces: cutAtLinks(mail.text),
      htmlHref: site.address(`/auth/dev/mail/${mail.number}/html`),
      backHref: site.address('/auth/dev/mail'),
    });
  });

  router.get('/auth/dev/mail/:number/html', async (ctx) => {
    ctx.body = (await find(ctx)).html;
    ctx.type = 'text/html; charset=utf-8';
    ctx.set('Content-Security-Policy', mailPolicy);
  });
}

function describeTime(ctx: Context, at: Date): string {
  const locale = ctx.state.locale ?? defaultLocale;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}

/** Splits the text into pieces; a piece with `href` is a URL. */
function cutAtLinks(text: string): { text: string; href?: string }[] {
  return text
    .split(/(https?:\/\/\S+)/)
    .filter((piece) => piece !== '')
    .map((piece) => (/^https?:\/\//.test(piece) ? { text: piece, href: piece } : { text: piece }));
}
