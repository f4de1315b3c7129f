// Colors that a client may set for the sign-in pages: one for light and one for dark mode. Each is
// refused unless text in it and on it is readable (WCAG 2.2, 1.4.3).

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

type Scheme = 'light' | 'dark';
type Color = readonly [red: number, green: number, blue: number];

/** Minimum contrast for text of any size. */
const minContrast = 4.5;

/**
 * As in public/style.css: the backgrounds of text in the accent color, and the color of text on it.
 */
const grounds = {
  light: { card: '#ffffff', ground: '#e9ede8' },
  dark: { card: '#1a2520', ground: '#0e1512' },
} as const;
const inkOnLightAccent = '#0a2018';

const white: Color = [255, 255, 255];
const black: Color = [0, 0, 0];
const tintShare = 0.1;
const strongShare = 0.22;

/** Validates the `theme` of a client; `accent_dark` is derived from `accent` if it is omitted. */
export function readTheme(value: unknown): ThemeOutcome {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, fault: 'theme must be an object with accent and, optionally, accent_dark' };
  }
  const { accent, accent_dark: dark, ...others }: Record<string, unknown> = { ...value };
  const [other] = Object.keys(others);
  if (other !== undefined) return { ok: false, fault: `theme.${other} is unknown` };
  if (!isColour(accent)) return { ok: false, fault: notAColour('accent') };
  if (dark !== undefined && !isColour(dark)) return { ok: false, fault: notAColour('accent_dark') };
  const accentDark = dark ?? closestReadable(accent, 'dark');
  const fault =
    findFault('accent', accent, 'light') ?? findFault('accent_dark', accentDark, 'dark');
  if (fault !== undefined) return { ok: false, fault };
  return {
    ok: true,
    theme: { accent: accent.toLowerCase(), accentDark: accentDark.toLowerCase() },
  };
}

export function paletteOf(accent: string, scheme: Scheme): Palette {
  const colour = parse(accent);
  const strong = mix(colour, scheme === 'light' ? black : white, strongShare);
  return {
    accent,
    strong: format(strong),
    onAccent: inkOn(colour),
    tint: format(tintOf(colour, scheme)),
  };
}

function notAColour(member: string): string {
  return `theme.${member} must be a colour like #1d5c47`;
}

function isColour(value: unknown): value is string {
  return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value);
}

function findFault(member: string, accent: string, scheme: Scheme): string | undefined {
  const contrast = weakestContrast(parse(accent), scheme);
  if (contrast >= minContrast) return undefined;
  const found = `a contrast of ${(Math.floor(contrast * 10) / 10).toFixed(1)}:1 on ${scheme} pages`;
  const better = closestReadable(accent, scheme);
  return `theme.${member} ${accent} has ${found}, and ${minContrast}:1 is required: ${better} would do`;
}

/** The lowest contrast of text in the color, its background, and text on the color. */
function weakestContrast(accent: Color, scheme: Scheme): number {
  const { card, ground } = grounds[scheme];
  const behind = [parse(card), parse(ground), tintOf(accent, scheme)];
  const onIt = contrastOf(parse(inkOn(accent)), accent);
  return Math.min(onIt, ...behind.map((colour) => contrastOf(accent, colour)));
}

/** Darkens a color for light mode or lightens it for dark mode, in the smallest steps. */
function closestReadable(accent: string, scheme: Scheme): string {
  const end = scheme === 'light' ? black : white;
  for (let percent = 0; percent < 100; percent += 1) {
    const colour = parse(format(mix(parse(accent), end, percent / 100)));
    if (weakestContrast(colour, scheme) >= minContrast) return format(colour);
  }
  return format(end);
}

function tintOf(accent: Color, scheme: Scheme): Color {
  return mix(parse(grounds[scheme].card), accent, tintShare);
}

function inkOn(accent: Color): string {
  return contrastOf(white, accent) >= minContrast ? format(white) : inkOnLightAccent;
}

/** Contrast ratio of WCAG 2.2, from 1 to 21. */
export function contrastOf(one: Color, other: Color): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance of WCAG 2.2. */
function luminanceOf(colour: Color): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mix(colour: Color, other: Color, share: number): Color {
  const at = (index: 0 | 1 | 2) => colour[index] + (other[index] - colour[index]) * share;
  return [at(0), at(1), at(2)];
}

function parse(text: string): Color {
  const at = (start: number) => Number.parseInt(text.slice(start, start + 2), 16);
  return [at(1), at(3), at(5)];
}

function format(colour: Color): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}
