// The font of the pages: Inter, in the subsets provided by its package. public/styles/pages/type.css states
// the characters of each subset, so a browser loads only the subsets that a page needs. Other scripts are set
// in system fonts (docs/decisions/0054-text-font.md).
import { fileURLToPath } from 'node:url';

const parts = ['latin', 'latin-ext', 'cyrillic'] as const;

function nameOf(part: (typeof parts)[number]): string {
  return `inter-${part}.woff2`;
}

function pathOf(part: (typeof parts)[number]): string {
  const file = `@fontsource-variable/inter/files/inter-${part}-wght-normal.woff2`;
  return fileURLToPath(import.meta.resolve(file));
}

/** Paths of the files, by the names under which they are served. */
export const textFontFiles: Readonly<Record<string, string>> = Object.fromEntries(
  parts.map((part) => [nameOf(part), pathOf(part)]),
);

/** The subset that every page needs. */
export const preloadedFont = nameOf('latin');
