// A preview of the brand for development: its colors, sample pages and every mail in light and dark
// mode, and links to the real pages.
import type Router from '@koa/router';
import type { WriteMail } from '#core/outbox/mail/mail.ts';
import { describeContrast } from '#core/clients/client-theme.ts';
import { sendMailForFrame } from '#features/dev-mailbox/mail-frame.pages.ts';
import type { Context } from '#http/context.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { defineView } from '#http/rendering/view.ts';
import { contrastOf, parseColor } from '#platform/colors.ts';
import { AppError } from '#platform/errors.ts';
import type { Brand } from '#features/branding/brand.ts';
import type { BrandPalette } from '#features/branding/brand-palette.ts';
import { forceScheme, isScheme, styleOfScheme, type ForcedScheme } from './forced-scheme.ts';
import { samplePages, type SampleDependencies } from './sample-pages.pages.ts';

interface PreviewLink {
  readonly href: string;
  readonly label: MessageKey;
}

interface Swatch {
  readonly name: string;
  readonly ink: string;
  readonly ground: string;
  readonly contrast: string;
}

export interface BrandPreviewLocals {
  readonly hasBrand: boolean;
  readonly samples: readonly PreviewLink[];
  readonly mails: readonly { readonly href: string; readonly subject: string }[];
  readonly swatches: readonly Swatch[];
  /** The real pages. */
  readonly pages: readonly PreviewLink[];
}

export const brandPreviewView = defineView<BrandPreviewLocals>('branding/branding-preview');

export interface BrandPreviewDependencies extends SampleDependencies {
  readonly activeBrand: { readonly current: Brand | undefined };
  readonly writeMail: WriteMail;
  readonly renderers: readonly MailRenderer[];
  readonly now: () => Date;
}

const area = '/auth/dev/branding';

const pages: readonly (readonly [path: string, label: MessageKey])[] = [
  ['/', 'home.title'],
  ['/auth/sign-in', 'sign-in.title'],
  ['/auth/register', 'register.title'],
  ['/auth/recover', 'recover.title'],
  ['/auth/account', 'account.title'],
  ['/auth/account/profile', 'account-profile.title'],
  ['/auth/account/password', 'account-password.title'],
  ['/auth/account/passkeys', 'account-passkeys.title'],
  ['/auth/account/codes', 'account-codes.title'],
  ['/auth/account/sessions', 'account-sessions.title'],
  ['/auth/account/apps', 'account-apps.title'],
  ['/auth/account/activity', 'account-activity.title'],
  ['/auth/account/export', 'account-export.title'],
  ['/auth/account/delete', 'account-delete.title'],
  ['/auth/playground', 'playground.title'],
];

export function addBrandPreview(router: Router, dependencies: BrandPreviewDependencies): void {
  const { site, activeBrand, renderers } = dependencies;

  router.get(area, async (ctx) => {
    const brand = activeBrand.current;
    site.render(ctx, brandPreviewView, {
      hasBrand: brand !== undefined,
      samples: samplePages.map(({ name, title }) => ({
        href: site.address(`${area}/pages/${name}`),
        label: title,
      })),
      mails: renderers.map(({ template }) => ({
        href: site.address(`${area}/mails/${template}`),
        subject: writeSample(ctx, template, dependencies).subject,
      })),
      swatches: brand?.palettes
        ? [...swatchesOf('light', brand.palettes.light), ...swatchesOf('dark', brand.palettes.dark)]
        : [],
      pages: pages.map(([path, label]) => ({ href: site.address(path), label })),
    });
    const policy = ctx.response.get('Content-Security-Policy');
    ctx.set('Content-Security-Policy', `${policy};frame-src 'self'`);
  });

  router.get(`${area}/pages/:name`, async (ctx) => {
    const sample = samplePages.find(({ name }) => name === ctx.params['name']);
    if (!sample) throw new AppError('not_found', 'Page not found.');
    sample.show(ctx, dependencies);
    const { scheme } = ctx.query;
    if (isScheme(scheme)) ctx.body = pageIn(scheme, String(ctx.body), dependencies);
  });

  router.get(`${area}/mails/:template`, async (ctx) => {
    const { html, images } = writeSample(ctx, String(ctx.params['template']), dependencies);
    const { scheme } = ctx.query;
    sendMailForFrame(ctx, { images, html: isScheme(scheme) ? forceScheme(html, scheme) : html });
  });

  router.get(`${area}/schemes/:scheme`, async (ctx) => {
    const { scheme } = ctx.params;
    if (!isScheme(scheme)) throw new AppError('not_found', 'Style sheet not found.');
    ctx.body = styleOfScheme(scheme, activeBrand.current?.background);
    ctx.type = 'text/css; charset=utf-8';
  });
}

function pageIn(scheme: ForcedScheme, html: string, { site }: BrandPreviewDependencies): string {
  const href = site.address(`${area}/schemes/${scheme}`);
  const link = `<link rel="stylesheet" href="${href}">\n`;
  return forceScheme(html, scheme).replace('</head>', `${link}</head>`);
}

/** Renders a mail with sample values for every name that a template uses. */
function writeSample(
  ctx: Context,
  template: string,
  { site, writeMail, now }: BrandPreviewDependencies,
) {
  const link = `${ctx.origin}${site.address('/auth/sign-in')}`;
  const values = {
    device: 'Firefox, Windows',
    address: '198.51.100.7',
    at: now().toISOString(),
    until: new Date(now().getTime() + 15 * 60_000).toISOString(),
    zone: 'UTC',
    link,
    other: link,
    code: '482913',
    email: 'new@example.com',
    provider: 'Acme',
    state: 'executed',
    act: 'users.delete',
    client: 'Acme Bank',
    message: 'Order 4711',
    passkey: 'iCloud Keychain',
    left: '7',
    requestedBy: 'user',
  };
  const addressed = { kind: 'mail', userId: undefined, to: 'ada@example.org' } as const;
  const mail = { ...addressed, locale: ctx.state.locale, template, values };
  const written = writeMail(mail, { client: 'Acme Notes', orderedAt: now() });
  if (!written) throw new AppError('not_found', 'Mail not found.');
  return written;
}

function swatchesOf(scheme: string, palette: BrandPalette): readonly Swatch[] {
  const { ink, softInk, accent, onAccent, card, ground, tint, edge } = palette;
  const pairs = [
    ['text', ink, card],
    ['soft text', softInk, ground],
    ['accent', accent, card],
    ['accent on tint', accent, tint],
    ['button', onAccent, accent],
    ['border', edge, card],
  ] as const;
  return pairs.map(([name, one, other]) => ({
    name: `${scheme}: ${name}`,
    ink: one,
    ground: other,
    contrast: describeContrast(contrastOf(parseColor(one), parseColor(other))),
  }));
}
