// Reads the Dockerfile and .dockerignore as far as tests ask about them. It knows the forms that are
// used there, not all that Docker would take.
import { readFileSync } from 'node:fs';

const root = new URL('../..', import.meta.url);

export interface Instruction {
  /** In capitals: FROM, RUN, COPY ... */
  readonly name: string;
  readonly text: string;
}

/** One per instruction; lines that end in a backslash are joined with what follows. */
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

/** The texts of all instructions of one name. */
export function textsOf(name: string): readonly string[] {
  return readDockerfile()
    .filter((instruction) => instruction.name === name)
    .map(({ text }) => text);
}

/** `["node", "-e", "..."]`, which runs without a shell; throws for the form that needs one. */
export function execForm(text: string): readonly string[] {
  const words: unknown = JSON.parse(text.slice(text.indexOf('[')));
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  throw new Error(`not a list of words: ${text}`);
}

/** `A=1 B=2` of ENV. */
export function environmentOf(texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts.flatMap((text) => text.split(/\s+/)).map((pair) => pair.split('=', 2));
  return Object.fromEntries(pairs) as Record<string, string>; // pairs of texts, split above
}

/** What .dockerignore lets in, which is all that `COPY . .` finds. */
export function readContext(): readonly string[] {
  const text = readFileSync(new URL('.dockerignore', root), 'utf8');
  const [first, ...rest] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (first !== '*' || rest.some((line) => !line.startsWith('!'))) {
    throw new Error('.dockerignore must keep everything out and then name what comes in');
  }
  return rest.map((line) => line.slice(1));
}
