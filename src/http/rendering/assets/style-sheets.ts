// Style sheets as they are served: one file each, without comments and line breaks, as a cascade layer.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of parts, which only other sheets import. */
export const partsFolder = 'styles/';

/** `@import 'styles/pages/buttons.css';`, relative to the sheet. */
const imports = /^@import '([\w./-]+)';$/gm;

/** Reads a sheet, with the parts that it imports in their places. */
export function readStyleSheet(path: string): Buffer {
  const text = readFileSync(path, 'utf8').replaceAll(imports, (_, part: string) =>
    readFileSync(join(dirname(path), part), 'utf8'),
  );
  return compactStyle(text);
}

/**
 * Leaves out comments, indentation and line breaks, a fifth of what a page would load. The rules become
 * a cascade layer: those of a brand and of the operator's own style sheet, which are in none, override
 * them wherever a page links its sheets.
 */
function compactStyle(text: string): Buffer {
  const lines = text
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/\s*\n\s*/g, '\n')
    .trim();
  const rules = lines.replaceAll(/(?<=[{};,])\n/g, '').replaceAll(';}', '}');
  return Buffer.from(`@layer ostiary{${rules}}`);
}
