// A client's colors as a style sheet. The file name contains the colors, so that serving it needs
// no lookup, browsers can cache it indefinitely, and pages need no inline style.
import { paletteOf, readTheme, type Palette, type Theme } from '#core/clients/client-theme.ts';

const addressForm = /^([0-9a-f]{6})-([0-9a-f]{6})\.css$/;

/** The file name of the style sheet. */
export function themeFile({ accent, accentDark }: Theme): string {
  return `${accent.slice(1)}-${accentDark.slice(1)}.css`;
}

/** Returns `undefined` if the file name does not denote a valid theme. */
export function themeStyle(file: string): string | undefined {
  const [, accent, accentDark] = addressForm.exec(file) ?? [];
  if (accent === undefined || accentDark === undefined) return undefined;
  const read = readTheme({ accent: `#${accent}`, accent_dark: `#${accentDark}` });
  return read.ok ? styleOf(read.theme) : undefined;
}

function styleOf({ accent, accentDark }: Theme): string {
  const light = paletteOf(accent, 'light');
  const dark = paletteOf(accentDark, 'dark');
  const names: readonly (readonly [string, keyof Palette])[] = [
    ['accent', 'accent'],
    ['strong-accent', 'strong'],
    ['on-accent', 'onAccent'],
    ['tint', 'tint'],
  ];
  const plain = names.map(([name, part]) => `--${name}:${light[part]}`).join(';');
  const both = names.map(([name, part]) => `--${name}:light-dark(${light[part]},${dark[part]})`);
  // Browsers without light-dark() get the light colors, as in style.css.
  return `:root{${plain}}@supports (color:light-dark(#fff,#000)){:root{${both.join(';')}}}`;
}
