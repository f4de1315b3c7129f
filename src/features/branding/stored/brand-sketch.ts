// The preview of a brand that is not stored: its style sheet, its contrasts, and its errors.
import { describeContrast } from '#core/clients/client-theme.ts';
import { contrastOf, parseColor } from '#platform/colors.ts';
import { createPalettes, type BrandPalette } from '#features/branding/brand-palette.ts';
import { styleOfBrand } from '#features/branding/brand-style.ts';
import { readStoredBranding, type BrandSettings } from './stored-branding.ts';

export interface BrandSketch {
  readonly scheme: 'light' | 'dark';
  /** The colors that apply, whether chosen or derived. */
  readonly accent: string;
  readonly background: string;
  /** Contrast of text on its background, such as `7.1:1`. */
  readonly contrasts: readonly { readonly name: string; readonly contrast: string }[];
}

type ShownColors = Pick<BrandPalette, 'softInk' | 'accent' | 'onAccent' | 'card' | 'ground'>;

/** The colors of public/styles/pages/type.css, which apply to a brand without colors. */
export const standardColors: Readonly<Record<'light' | 'dark', ShownColors>> = {
  light: {
    softInk: '#52605a',
    accent: '#1d5c47',
    onAccent: '#ffffff',
    card: '#ffffff',
    ground: '#f1f4f0',
  },
  dark: {
    softInk: '#a6b4ac',
    accent: '#7fcbab',
    onAccent: '#0a2018',
    card: '#1a2520',
    ground: '#0e1512',
  },
};

/** @throws AppError `invalid_input` for a member that is not valid */
export function sketchBrand(settings: BrandSettings): {
  readonly sketches: readonly BrandSketch[];
  readonly faults: readonly string[];
} {
  const { palettes = standardColors, faults } = palettesOf(settings);
  const sketches = (['light', 'dark'] as const).map((scheme) => {
    const colors = palettes[scheme];
    const { accent, ground: background } = colors;
    return { scheme, accent, background, contrasts: contrastsOf(colors) };
  });
  return { faults, sketches };
}

/** The style sheet of a brand that is not stored. @throws AppError `invalid_input` */
export function styleOfSketch(settings: BrandSettings, hasLogo: boolean): string {
  const { palettes, font, background } = palettesOf(settings);
  const hasArches = !hasLogo && background === undefined;
  return styleOfBrand({ palettes, font, background: undefined, hasArches });
}

function palettesOf(settings: BrandSettings) {
  const { accent, background, font } = readStoredBranding(settings);
  const faults: string[] = [];
  return { palettes: createPalettes({ accent, background }, faults), faults, font, background };
}

function contrastsOf({ softInk, accent, onAccent, card, ground }: ShownColors) {
  const pairs = [
    ['button', onAccent, accent],
    ['link', accent, card],
    ['text on the background', softInk, ground],
  ] as const;
  return pairs.map(([name, one, other]) => ({
    name,
    contrast: describeContrast(contrastOf(parseColor(one), parseColor(other))),
  }));
}
