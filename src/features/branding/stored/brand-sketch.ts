// What a preview shows of a brand before it is stored: its style sheet, its contrasts, and what is
// wrong.
import { describeContrast } from '#core/clients/client-theme.ts';
import { contrastOf, parseColour } from '#platform/colours.ts';
import { createPalettes, type BrandPalette } from '#features/branding/brand-palette.ts';
import { styleOfBrand } from '#features/branding/brand-style.ts';
import { readStoredBranding, type BrandSettings } from './stored-branding.ts';

export interface BrandSketch {
  readonly scheme: 'light' | 'dark';
  /** Of text on its background, as `7.1:1`. */
  readonly contrasts: readonly { readonly name: string; readonly contrast: string }[];
}

/** An object of its own, so that the colors of Ostiary are computed too. */
const standardAccent = { light: '#1d5c47', dark: '#7fcbab' };

/** @throws AppError `invalid_input` for a member that is not valid */
export function sketchBrand(settings: BrandSettings): {
  readonly sketches: readonly BrandSketch[];
  readonly faults: readonly string[];
} {
  const { palettes, faults } = palettesOf(settings);
  const schemes = palettes ? (['light', 'dark'] as const) : [];
  return {
    faults,
    sketches: schemes.map((scheme) => ({
      scheme,
      contrasts: palettes ? contrastsOf(palettes[scheme]) : [],
    })),
  };
}

/** The style sheet of a brand that is not stored. @throws AppError `invalid_input` */
export function styleOfSketch(settings: BrandSettings, hasLogo: boolean): string {
  const { palettes, font, background } = palettesOf(settings);
  const hasArches = !hasLogo && background === undefined;
  return styleOfBrand({ palettes, font, background: undefined, hasArches });
}

function palettesOf(settings: BrandSettings) {
  const { accent = standardAccent, background, font } = readStoredBranding(settings);
  const faults: string[] = [];
  return { palettes: createPalettes({ accent, background }, faults), faults, font, background };
}

function contrastsOf({ softInk, accent, onAccent, card, ground }: BrandPalette) {
  const pairs = [
    ['button', onAccent, accent],
    ['link', accent, card],
    ['text on the background', softInk, ground],
  ] as const;
  return pairs.map(([name, one, other]) => ({
    name,
    contrast: describeContrast(contrastOf(parseColour(one), parseColour(other))),
  }));
}
