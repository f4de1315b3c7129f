// What a preview shows of a brand before it is stored: its palettes, its font, and what is wrong.
import type { FontName } from '#config/kinds/branding.ts';
import { describeContrast } from '#core/clients/client-theme.ts';
import { contrastOf, parseColour } from '#platform/colours.ts';
import { createPalettes, type BrandPalette } from '#features/branding/brand-palette.ts';
import { fontStacks } from '#features/branding/font-stacks.ts';
import { readStoredBranding, type BrandSettings } from './stored-branding.ts';

export interface BrandSketch {
  readonly scheme: 'Light' | 'Dark';
  readonly palette: BrandPalette;
  readonly titleFont: string;
  readonly textFont: string;
  /** Of text on its background, as `7.1:1`. */
  readonly contrasts: readonly { readonly name: string; readonly contrast: string }[];
}

const usualFont: FontName = 'system';
/** An object of its own, so that the colors of Ostiary are computed too. */
const standardAccent = { light: '#1d5c47', dark: '#7fcbab' };

/** @throws AppError `invalid_input` for a member that is not valid */
export function sketchBrand(settings: BrandSettings): {
  readonly sketches: readonly BrandSketch[];
  readonly faults: readonly string[];
} {
  const { accent = standardAccent, background, font = usualFont } = readStoredBranding(settings);
  const faults: string[] = [];
  const palettes = createPalettes({ accent, background }, faults);
  const { title: titleFont, text: textFont } = fontStacks[font];
  const sketches = palettes
    ? [
        { scheme: 'Light' as const, palette: palettes.light },
        { scheme: 'Dark' as const, palette: palettes.dark },
      ]
    : [];
  return {
    faults,
    sketches: sketches.map((each) => ({
      ...each,
      titleFont,
      textFont,
      contrasts: contrastsOf(each.palette),
    })),
  };
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
