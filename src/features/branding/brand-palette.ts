// The colors of the pages, derived from the accent and the background of the brand. Text has a
// contrast of at least 4.5:1 on every background (WCAG 2.2, 1.4.3), input borders 3:1 (1.4.11).
import type { Branding, ForSchemes } from '#config/kinds/branding.ts';
import {
  closestReadable,
  describeContrast,
  findContrastFault,
  minContrast,
  paletteOf,
  type Scheme,
} from '#core/clients/client-theme.ts';
import { contrastOf, formatColor, mixColors, parseColor } from '#platform/colors.ts';

/** Values of the custom properties of public/styles/pages/type.css. */
export interface BrandPalette {
  readonly ground: string;
  readonly arch: string;
  readonly innerArch: string;
  readonly card: string;
  readonly ink: string;
  readonly softInk: string;
  readonly line: string;
  readonly edge: string;
  readonly accent: string;
  readonly strongAccent: string;
  readonly onAccent: string;
  readonly tint: string;
}

export interface BrandPalettes {
  readonly light: BrandPalette;
  readonly dark: BrandPalette;
}

type Shade = readonly [base: string, share: number];
type Neutral = Exclude<keyof BrandPalette, 'accent' | 'strongAccent' | 'onAccent' | 'tint'>;

/**
 * Grays, and the share of the accent that is mixed into each. Light backgrounds are at least as
 * light, and dark ones at least as dark, as those of public/styles/pages/type.css: the themes of clients are
 * checked against the latter.
 */
const neutrals: Readonly<Record<Scheme, Readonly<Record<Neutral, Shade>>>> = {
  light: {
    ground: ['#f7f7f8', 0.04],
    arch: ['#f9f9fa', 0.03],
    innerArch: ['#fcfcfd', 0.02],
    card: ['#ffffff', 0],
    ink: ['#18181b', 0.06],
    softInk: ['#56565b', 0.08],
    line: ['#e0e0e3', 0.06],
    edge: ['#83838a', 0.08],
  },
  dark: {
    ground: ['#0d0d0f', 0.02],
    arch: ['#101012', 0.025],
    innerArch: ['#131315', 0.03],
    card: ['#17171a', 0.04],
    ink: ['#ececef', 0.04],
    softInk: ['#a9a9af', 0.06],
    line: ['#333337', 0.05],
    edge: ['#75757c', 0.06],
  },
};
const standardAccent: ForSchemes = { light: '#1d5c47', dark: '#7fcbab' };
/** Contrast of a derived dark accent; the minimum of 4.5:1 looks dull on a dark card. */
const derivedContrast = 6;
/** Share of the card color in the arches on a background that the operator chose. */
const archShares = { arch: 0.35, innerArch: 0.65 };

/** Returns `undefined` without colors, in which case those of public/styles/pages/type.css apply. */
export function createPalettes(
  { accent = standardAccent, background }: Pick<Branding, 'accent' | 'background'>,
  faults: string[],
): BrandPalettes | undefined {
  if (accent === standardAccent && background === undefined) return undefined;
  const create = (scheme: Scheme): BrandPalette => {
    const ground = scheme === 'light' ? background?.light : background?.dark;
    const shades = shadesOf(accent.light, scheme, ground);
    const given = scheme === 'light' ? accent.light : accent.dark;
    const chosen =
      given ??
      closestReadable(accent.light, scheme, { grounds: shades, contrast: derivedContrast });
    faults.push(...findFaults({ shades, accent: chosen, scheme, ground }));
    const { strong, onAccent, tint } = paletteOf(chosen, scheme, shades);
    return { ...shades, accent: chosen, strongAccent: strong, onAccent, tint };
  };
  return { light: create('light'), dark: create('dark') };
}

function shadesOf(
  accent: string,
  scheme: Scheme,
  ground: string | undefined,
): Record<Neutral, string> {
  const shades = Object.fromEntries(
    Object.entries(neutrals[scheme]).map(([name, [base, share]]) => [
      name,
      mix(base, accent, share),
    ]),
  ) as Record<Neutral, string>; // `neutrals` has every name
  if (ground === undefined) return shades;
  const { card } = shades;
  const arch = mix(ground, card, archShares.arch);
  return { ...shades, ground, arch, innerArch: mix(ground, card, archShares.innerArch) };
}

interface Chosen {
  readonly shades: Readonly<Record<Neutral, string>>;
  readonly accent: string;
  readonly scheme: Scheme;
  readonly ground: string | undefined;
}

function findFaults({ shades, accent, scheme, ground }: Chosen): string[] {
  const { softInk, card } = shades;
  const contrast = contrastOf(parseColor(softInk), parseColor(shades.ground));
  if (ground !== undefined && contrast < minContrast) {
    const found = `a contrast of ${describeContrast(contrast)} to the text of ${scheme} pages`;
    const wanted = scheme === 'light' ? 'a lighter' : 'a darker';
    return [
      `background.${scheme} ${ground} has ${found}, and ${minContrast}:1 is required: choose ${wanted} color`,
    ];
  }
  const fault = findContrastFault(accent, scheme, { card, ground: shades.ground });
  return fault === undefined ? [] : [`accent.${scheme} ${fault}`];
}

function mix(base: string, other: string, share: number): string {
  return formatColor(mixColors(parseColor(base), parseColor(other), share));
}
