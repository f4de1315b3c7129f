// The parts of the operator's brand that the layout and mails show. features/branding/ creates it from the
// BRANDING setting.
import type { MessageKey } from '#http/i18n/locales.ts';
import type { MailBrand } from './mail/mail-writer.ts';

/** URLs of an image for each color scheme. */
export interface PageImage {
  readonly light: string;
  readonly dark: string | undefined;
}

/** The style sheet that the operator wrote. */
export interface CustomStylesheet {
  readonly href: string;
  /** Its digest, in the notation of Subresource Integrity and content security policies. */
  readonly digest: string;
}

export interface FooterLink {
  readonly label: MessageKey;
  readonly href: string;
}

export interface PageBrand {
  /** URL of a style sheet that follows public/style.css and precedes the theme of a client. */
  readonly stylesheet: string | undefined;
  /** A style sheet that follows all others. */
  readonly customStylesheet: CustomStylesheet | undefined;
  /** False if pages use system fonts. */
  readonly hasTextFont: boolean;
  /** Replaces the mark and the name in the header. */
  readonly logo: PageImage | undefined;
  readonly mark: PageImage | undefined;
  readonly icons: readonly { readonly rel: string; readonly type: string; readonly href: string }[];
  readonly themeColors: { readonly light: string; readonly dark: string } | undefined;
  /** Links in the footer of every page and mail. */
  readonly links: readonly FooterLink[];
  /** `undefined`: mails have the look of Ostiary. */
  readonly mail: MailBrand | undefined;
}

/** The look of Ostiary. */
export const standardBrand: PageBrand = {
  stylesheet: undefined,
  customStylesheet: undefined,
  hasTextFont: true,
  logo: undefined,
  mark: undefined,
  icons: [],
  themeColors: undefined,
  links: [],
  mail: undefined,
};
