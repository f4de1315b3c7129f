// Colors that a client may set for the sign-in pages: one for light and one for dark mode. A color is refused
// unless text in it and text on it are readable (WCAG 2.2, 1.4.3). The brand of the operator
// (features/branding/) derives its palette in the same way, on backgrounds of its own.
import {
  black,
  contrastOf,
  formatColor,
  isColor,
  mixColors,
  parseColor,
  white,
  type Color,
} from '#platform/colors.ts';

/** `theme` in the metadata of a client; colors are `#rrggbb` in lower case. */
export interface Theme {
  readonly accent: string;
  /** For dark mode. */
  readonly accentDark: string;
}

/** Derived colors for one mode. */
export interface Palette {
  readonly accent: string;
  /** Hover color. */
  readonly strong: string;
  /** Text on `accent`. */
  readonly onAccent: string;
  /** Background of text in `accent`. */
  readonly tint: string;
}

export type ThemeOutcome =
  | { readonly ok: true; readonly theme: Theme }
  | { readonly ok: false; readonly fault: string };

export type Scheme = 'light' | 'dark';

/** The backgrounds of text in the accent color. */
export interface Grounds {
  readonly card: string;
  readonly ground: string;
}

/** The contrast that makes a color readable, and against which colors. */
interface Readability {
  readonly grounds: Grounds;
  readonly contrast: number;
}

/** Minimum contrast for text of any size. */
export const minContrast = 4.5;

/** As in public/styles/pages/type.css, which also has the color of text on the accent. */
export const standardGrounds: Readonly<Record<Scheme, Grounds>> = {
  light: { card: '#ffffff', ground: '#e9ede8' },
  dark: { card: '#1a2520', ground: '#0e1512' },
};

const tintShare = 0.1;
const strongShare = 0.22;
/** Share of black in the text on a light accent, which keeps the accent's hue. */
const darkInkShare = 0.86;

/** Validates the `theme` of a client; `accent_dark` is derived from `accent` if it is omitted. */
export function readTheme(value: unknown): ThemeOutcome {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, fault: 'theme must be an object with accent and, optionally, accent_dark' };
  }
  const { accent, accent_dark: dark, ...others }: Record<string, unknown> = { ...value };
  const [other] = Object.keys(others);
  if (other !== undefined) return { ok: false, fault: `theme.${other} is unknown` };
  if (!isColor(accent)) return { ok: false, fault: notAColor('accent') };
  if (dark !== undefined && !isColor(dark)) return { ok: false, fault: notAColor('accent_dark') };
  const accentDark = dark ?? closestReadable(accent, 'dark');
  const fault =
    findFault('accent', accent, 'light') ?? findFault('accent_dark', accentDark, 'dark');
  if (fault !== undefined) return { ok: false, fault };
  return {
    ok: true,
    theme: { accent: accent.toLowerCase(), accentDark: accentDark.toLowerCase() },
  };
}

export function paletteOf(
  accent: string,
  scheme: Scheme,
  { card }: Grounds = standardGrounds[scheme],
): Palette {
  const color = parseColor(accent);
  const strong = mixColors(color, scheme === 'light' ? black : white, strongShare);
  return {
    accent,
    strong: formatColor(strong),
    onAccent: inkOn(color),
    tint: formatColor(tintOf(color, card)),
  };
}

function notAColor(member: string): string {
  return `theme.${member} must be a color like #1d5c47`;
}

function findFault(member: string, accent: string, scheme: Scheme): string | undefined {
  const fault = findContrastFault(accent, scheme);
  return fault && `theme.${member} ${fault}`;
}

/** Describes insufficient contrast and names a color that would be accepted. */
export function findContrastFault(
  accent: string,
  scheme: Scheme,
  grounds: Grounds = standardGrounds[scheme],
): string | undefined {
  const contrast = weakestContrast(parseColor(accent), grounds);
  if (contrast >= minContrast) return undefined;
  const found = `a contrast of ${describeContrast(contrast)} on ${scheme} pages`;
  const better = closestReadable(accent, scheme, { grounds });
  return `${accent} has ${found}, and ${minContrast}:1 is required: ${better} would do`;
}

/** Rounded down, so that a refused contrast never looks sufficient. */
export function describeContrast(contrast: number): string {
  return `${(Math.floor(contrast * 10) / 10).toFixed(1)}:1`;
}

/** The lowest contrast of text in the color, its background, and text on the color. */
function weakestContrast(accent: Color, { card, ground }: Grounds): number {
  const behind = [parseColor(card), parseColor(ground), tintOf(accent, card)];
  const onIt = contrastOf(parseColor(inkOn(accent)), accent);
  return Math.min(onIt, ...behind.map((color) => contrastOf(accent, color)));
}

/** Darkens a color for light mode or lightens it for dark mode, in the smallest steps. */
export function closestReadable(
  accent: string,
  scheme: Scheme,
  { grounds = standardGrounds[scheme], contrast = minContrast }: Partial<Readability> = {},
): string {
  const end = scheme === 'light' ? black : white;
  for (let percent = 0; percent < 100; percent += 1) {
    const mixed = formatColor(mixColors(parseColor(accent), end, percent / 100));
    if (weakestContrast(parseColor(mixed), grounds) >= contrast) return mixed;
  }
  return formatColor(end);
}

function tintOf(accent: Color, card: string): Color {
  return mixColors(parseColor(card), accent, tintShare);
}

function inkOn(accent: Color): string {
  if (contrastOf(white, accent) >= minContrast) return formatColor(white);
  return formatColor(mixColors(accent, black, darkInkShare));
}
