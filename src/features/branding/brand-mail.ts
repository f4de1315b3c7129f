// The brand in mails: its colors and fonts, and its icon beside the name.
import type { FontName } from '#config/kinds/branding.ts';
import type { BrandFile, BrandMail } from './brand.ts';
import type { BrandPalettes } from './brand-palette.ts';
import { fontStacks, standardFont } from './font-stacks.ts';

export interface MailLookParts {
  readonly palettes: BrandPalettes | undefined;
  readonly font: FontName | undefined;
  /** In order of preference. */
  readonly icons: readonly (BrandFile | undefined)[];
  readonly hasLogo: boolean;
}

/** Formats that mail clients support: many support neither SVG nor WebP. */
const mailTypes = ['image/png', 'image/jpeg'];

const colorNames = [
  'ground',
  'card',
  'ink',
  'softInk',
  'line',
  'tint',
  'accent',
  'onAccent',
] as const;

export function mailLookOf({ palettes, font, icons, hasLogo }: MailLookParts): BrandMail {
  const icon = icons.find((each) => each && mailTypes.includes(each.mediaType));
  // The icon of Ostiary would not match colors or a logo of the operator.
  const absent = palettes || hasLogo || icons.some(Boolean) ? 'none' : 'standard';
  return {
    colors: palettes ? colorsOf(palettes) : {},
    // Most mail clients load no fonts, so mails use system fonts.
    fonts: font === undefined || font === standardFont ? undefined : fontStacks[font],
    logo: icon
      ? { cid: 'logo', contentType: icon.mediaType, base64: icon.bytes.toString('base64') }
      : absent,
  };
}

function colorsOf({ light, dark }: BrandPalettes): BrandMail['colors'] {
  return Object.fromEntries(colorNames.map((name) => [name, [light[name], dark[name]] as const]));
}
