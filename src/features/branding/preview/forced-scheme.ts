// Light or dark mode for one page of the preview, whatever the browser prefers. Chromium does not
// apply the color scheme of a frame to the media queries inside it.
import type { BrandImage } from '#features/branding/brand.ts';

export const schemes = ['light', 'dark'] as const;
export type ForcedScheme = (typeof schemes)[number];

export function isScheme(value: unknown): value is ForcedScheme {
  return schemes.some((each) => each === value);
}

/** Makes the media queries of a page or a mail match the scheme. */
export function forceScheme(html: string, scheme: ForcedScheme): string {
  return html.replaceAll(/\(prefers-color-scheme: (light|dark)\)/g, (_query, name: string) =>
    name === scheme ? 'all' : 'not all',
  );
}

/** The style sheet that follows those of the page. */
export function styleOfScheme(scheme: ForcedScheme, background: BrandImage | undefined): string {
  const image = scheme === 'dark' ? background?.dark : undefined;
  const rule = `body:not([data-area])::before{background-image:url('${image ?? background?.light ?? ''}')}`;
  return `:root{color-scheme:${scheme}}${background ? rule : ''}`;
}
