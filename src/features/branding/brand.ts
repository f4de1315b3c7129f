// The brand of the operator as pages and mails use it. load-brand.service.ts creates it from the
// BRANDING setting.
import { linkNames, type Branding, type LinkName } from '#config/kinds/branding.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { InlineImage } from '#platform/outbound/smtp.ts';
import type { BrandPalettes } from './brand-palette.ts';
import type { FontStack } from './font-stacks.ts';

/** A file that is served below `/auth/brand/`. */
export interface BrandFile {
  /** File name, for example `logo.svg`. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Changes with any byte of the file; URLs carry it as `?v=`. */
  readonly version: string;
}

/** URLs of an image for each color scheme. */
export interface BrandImage {
  readonly light: string;
  readonly dark: string | undefined;
}

export interface FooterLink {
  readonly label: MessageKey;
  readonly href: string;
}

/** The look of mails, as http/rendering/mail/ expects it, with colors for light and dark mode. */
export interface BrandMail {
  readonly colors: Readonly<Record<string, readonly [light: string, dark: string]>>;
  readonly fonts: FontStack | undefined;
  readonly logo: InlineImage | 'standard' | 'none';
}

/** Pages show the part of it that http/rendering/page-brand.ts describes. */
export interface Brand {
  /** URL of the generated style sheet. */
  readonly stylesheet: string | undefined;
  /** The operator's own style sheet, which follows all others. */
  readonly customStylesheet: { readonly href: string; readonly digest: string } | undefined;
  /** True if text is set in Inter, and not in a system font. */
  readonly hasTextFont: boolean;
  readonly logo: BrandImage | undefined;
  readonly mark: BrandImage | undefined;
  readonly icons: readonly { readonly rel: string; readonly type: string; readonly href: string }[];
  /** Color of the browser's interface around the page. */
  readonly themeColors: { readonly light: string; readonly dark: string } | undefined;
  readonly links: readonly FooterLink[];
  readonly mail: BrandMail;
  readonly files: ReadonlyMap<string, BrandFile>;
  readonly favicon: BrandFile | undefined;
  readonly background: BrandImage | undefined;
  /** `undefined` if the brand has the colors of Ostiary. */
  readonly palettes: BrandPalettes | undefined;
}

const labels: Readonly<Record<LinkName, MessageKey>> = {
  privacy: 'brand.privacy',
  imprint: 'brand.imprint',
  support: 'brand.support',
  terms: 'brand.terms',
};

/** The footer links of pages and mails, in the order in which they are shown. */
export function footerLinks(links: Branding['links']): readonly FooterLink[] {
  return linkNames.flatMap((name) => {
    const href = links[name];
    return href === undefined ? [] : [{ label: labels[name], href }];
  });
}
