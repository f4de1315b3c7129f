// The font of the pages: Inter, in the parts that its package divides it into. public/styles/pages/type.css names the
// characters of each part, so a browser loads only those that a page contains. Other scripts have the fonts of
// the operating system (docs/decisions/0054-text-font.md).
import { fileURLToPath } from 'node:url';

const parts = ['latin', 'latin-ext', 'cyrillic'] as const;

function nameOf(part: (typeof parts)[number]): string {
  return `inter-${part}.woff2`;
}

function pathOf(part: (typeof parts)[number]): string {
  const file = `@fontsource-variable/inter/files/inter-${part}-wght-normal.woff2`;
  return fileURLToPath(import.meta.resolve(file));
}

/** Paths of the files, by the name under which they are served. */
export const textFontFiles: Readonly<Record<string, string>> = Object.fromEntries(
  parts.map((part) => [nameOf(part), pathOf(part)]),
);

/** The part that every page needs. */
export const preloadedFont = nameOf('latin');
