// The pages of the development mailbox: a list of captured mail, and each mail as HTML, as plain text
// with clickable links, and as source. They exist in development only, as long as no mail server is configured.
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
  readonly source: string;
  readonly htmlHref: string;
  readonly backHref: string;
}

export const devMailContentView = defineView<DevMailViewLocals>('dev-mailbox/dev-mail-view');

export interface DevMailPageDependencies {
  readonly site: SitePages;
  readonly mailbox: Mailbox;
}

/** Seconds after which the list is loaded again. */
const refreshSeconds = 5;

/**
 * Allows the inline style and the pictures of a mail and nothing else: it runs no script, loads
 * nothing, submits no form, and its links open in a tab of their own.
 */
const mailPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

export function addDevMailPages(router: Router, { site, mailbox }: DevMailPageDependencies): void {
  async function find(ctx: Context): Promise<CapturedMail> {
    const mail = await mailbox.find(Number(ctx['params'].number));
    if (!mail) throw new AppError('not_found', 'Mail not found.');
    return mail;
  }

  router.get('/auth/dev/mail', async (ctx) => {
    const mails = await mailbox.list();
    // A reload interrupts the user of a screen reader (WCAG 2.2.1), who can turn it off.
    if (ctx.query['refresh'] !== 'off') ctx.set('Refresh', String(refreshSeconds));
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
    allowFrame(ctx);
    site.render(ctx, devMailContentView, {
      subject: mail.subject,
      to: mail.to,
      at: describeTime(ctx, mail.at),
      pieces: cutAtLinks(mail.text),
      source: mail.html,
      htmlHref: site.address(`/auth/dev/mail/${mail.number}/html`),
      backHref: site.address('/auth/dev/mail'),
    });
  });

  router.get('/auth/dev/mail/:number/html', async (ctx) => {
    ctx.body = readyForFrame(await find(ctx));
    ctx.type = 'text/html; charset=utf-8';
    ctx.set('Content-Security-Policy', mailPolicy);
    ctx.set('X-Frame-Options', 'SAMEORIGIN');
    // The sandbox of the frame has an origin of its own, so that browsers warn about this header.
    ctx.remove('Origin-Agent-Cluster');
  });
}

/** The page shows the mail in a frame. */
function allowFrame(ctx: Context): void {
  const policy = ctx.response.get('Content-Security-Policy');
  ctx.set('Content-Security-Policy', `${policy};frame-src 'self'`);
}

/** The HTML with its pictures, as a mail client shows it, and with links that leave the frame. */
function readyForFrame({ html, images }: CapturedMail): string {
  return images
    .reduce(
      (text, { cid, contentType, base64 }) =>
        text.replaceAll(`"cid:${cid}"`, `"data:${contentType};base64,${base64}"`),
      html,
    )
    .replace('<head>', '<head>\n<base target="_blank">');
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
