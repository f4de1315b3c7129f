// Prepares style sheets for delivery: each is one file without comments and line breaks, in a cascade layer.
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
 * Removes comments, indentation and line breaks, a fifth of the size. The rules are put into a cascade layer,
 * so that the brand and the operator's own style sheet, which are in no layer, override them whatever the
 * order of the links.
 */
function compactStyle(text: string): Buffer {
  const lines = text
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/\s*\n\s*/g, '\n')
    .trim();
  const rules = lines.replaceAll(/(?<=[{};,])\n/g, '').replaceAll(';}', '}');
  return Buffer.from(`@layer ostiary{${rules}}`);
}
