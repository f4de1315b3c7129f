// Reads the Dockerfile and .dockerignore as far as the tests need it. It supports the forms used in
// these files, not the whole syntax.
import { readFileSync } from 'node:fs';

const root = new URL('../../..', import.meta.url);

export interface Instruction {
  /** In upper case: FROM, RUN, COPY ... */
  readonly name: string;
  readonly text: string;
}

/** The instructions; a line that ends in a backslash continues on the next one. */
export function readDockerfile(): readonly Instruction[] {
  const text = readFileSync(new URL('Dockerfile', root), 'utf8');
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = ''] = line.split(' ', 1);
      return { name: name.toUpperCase(), text: line.slice(name.length).trim() };
    });
}

/** The arguments of all instructions with one name. */
export function textsOf(name: string): readonly string[] {
  return readDockerfile()
    .filter((instruction) => instruction.name === name)
    .map(({ text }) => text);
}

/**
 * Parses the exec form `["node", "-e", "..."]`, which runs without a shell; throws for the shell
 * form.
 */
export function execForm(text: string): readonly string[] {
  const words: unknown = JSON.parse(text.slice(text.indexOf('[')));
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  throw new Error(`not in exec form: ${text}`);
}

/** Parses `A=1 B=2` of ENV. */
export function environmentOf(texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts.flatMap((text) => text.split(/\s+/)).map((pair) => pair.split('=', 2));
  return Object.fromEntries(pairs) as Record<string, string>; // pairs of strings, split above
}

/** The paths that .dockerignore allows, which are all that `COPY . .` copies. */
export function readContext(): readonly string[] {
  const text = readFileSync(new URL('.dockerignore', root), 'utf8');
  const [first, ...rest] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (first !== '*' || rest.some((line) => !line.startsWith('!'))) {
    throw new Error('.dockerignore must exclude everything first and then include paths');
  }
  return rest.map((line) => line.slice(1));
}
