/** Renders a view the way the application does, without a server. */
import { createRenderer, type PageContext } from '#http/rendering/render.ts';
import type { View } from '#http/rendering/view.ts';
import type { Locale } from '#http/i18n/locales.ts';
import { accountFrame } from './overview-views.ts';

export const viewsDirectory = new URL('../../../views/', import.meta.url).pathname;

export function aRenderer({ issuer = 'https://id.example.org' } = {}) {
  const issuerUrl = new URL(issuer);
  return createRenderer({ viewsDirectory, productName: 'Ostiary', assetVersion: 'v1', issuerUrl });
}

export function aContext(locale: Locale) {
  const headers = new Map<string, string>();
  const context: PageContext = {
    state: { locale },
    status: 404,
    type: '',
    body: undefined,
    set: (field, value) => void headers.set(field, value),
  };
  return { context, headers };
}

export const renderer = aRenderer();

export function renderText<Locals extends object>(
  view: View<Locals>,
  locals: NoInfer<Locals>,
  { locale = 'en', render = renderer }: { locale?: Locale; render?: typeof renderer } = {},
): string {
  const { context } = aContext(locale);
  render(context, view, locals, view.area === 'account' ? { frame: accountFrame } : {});
  return String(context.body);
}
