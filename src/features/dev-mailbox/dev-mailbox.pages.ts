// The pages of the development mailbox: a list of captured mail, and each mail as HTML, as plain text
// with clickable links, and as source. They exist in development only, as long as no mail server is configured.
import type Router from '@koa/router';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import { defaultLocale } from '#http/i18n/locales.ts';
import { sendMailForFrame } from './mail-frame.pages.ts';
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

export function addDevMailPages(router: Router, { site, mailbox }: DevMailPageDependencies): void {
  async function find(ctx: Context): Promise<CapturedMail> {
    const mail = await mailbox.find(Number(ctx['params'].number));
    if (!mail) throw new AppError('not_found', 'Mail not found.');
    return mail;
  }

  router.get('/auth/dev/mail', async (ctx) => {
    const mails = await mailbox.list();
    // Automatic reloading interrupts users of screen readers, so it can be turned off (WCAG 2.2.1).
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
    sendMailForFrame(ctx, await find(ctx));
  });
}

/** The page shows the mail in a frame. */
function allowFrame(ctx: Context): void {
  const policy = ctx.response.get('Content-Security-Policy');
  ctx.set('Content-Security-Policy', `${policy};frame-src 'self'`);
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
