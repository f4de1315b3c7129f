// The tree in docs/architecture.md: one line per folder and file of src, in the words with which the
// file itself begins. Written by code-pages.ts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
/** The part of the page that is made here. */
export const treeBlock = /```text\nsrc\/\n[^]*?```/;
const column = 34;
/** Characters of a line's words; a sentence without a place to break it at may be longer. */
const longest = 100;

/** Folders in the order of the floors; those of one capability say what they are parts of. */
const folders: Readonly<Record<string, string>> = {
  'src/domain': 'floor 0: rules and types, pure',
  'src/platform': 'floor 1: the outside world',
  'src/platform/database': 'what both kinds of database have in common',
  'src/stores': 'floor 2: the only SQL and Redis commands',
  'src/services': 'floor 3: what people and operators do; opens transactions',
  'src/oidc': 'floor 4: all contact with the engine',
  'src/http': 'floor 5: middleware, guards, rendering, input',
  'src/http/edge': 'what every request is put through first',
  'src/http/rest': 'what the REST interface is made of',
  'src/http/pages': 'floor 6: one file per page, with its view of the same name',
  'src/http/api': 'floor 6: the REST interface, one file per resource',
  'src/commands': 'floor 8: what the command line can do, one file per command',
  'src/commands/line': 'the command line itself: reading, help, answers',
  'src/commands/doctor': 'the checks of doctor.ts',
};

/** The whole block as Markdown. */
export function describeTree(): string {
  return ['```text', 'src/', ...describeFolder('src', 1), '```'].join('\n');
}

function describeFolder(folder: string, depth: number): readonly string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  const inner = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = entries.filter(({ name }) => name.endsWith('.ts')).map(({ name }) => name);
  return [
    ...inner.toSorted(byFloor(folder)).flatMap((name) => {
      const path = `${folder}/${name}`;
      return [lineOf(`${name}/`, ownWordsOf(path), depth), ...describeFolder(path, depth + 1)];
    }),
    ...files.toSorted().map((name) => lineOf(name, firstSentence(`${folder}/${name}`), depth)),
  ];
}

/** Folders that are named above, in that order; then the others. */
function byFloor(folder: string): (a: string, b: string) => number {
  const order = Object.keys(folders);
  const place = (name: string) => {
    const position = order.indexOf(`${folder}/${name}`);
    return position < 0 ? order.length : position;
  };
  return (a, b) => place(a) - place(b) || (a < b ? -1 : 1);
}

function lineOf(name: string, words: string, depth: number): string {
  return `${`${'  '.repeat(depth)}${name}`.padEnd(column)} ${words}`;
}

function ownWordsOf(folder: string): string {
  const name = folder.slice(folder.lastIndexOf('/') + 1);
  const known = folders[folder];
  if (known !== undefined) return known;
  return existsSync(join(root, `${folder}.ts`)) ? `parts of ${name}.ts` : `about ${name}`;
}

/** What a file owns, as its first comment begins; the rest of that comment is for its readers. */
function firstSentence(path: string): string {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  const start = lines.findIndex((line) => /^(?:\/\/|\/\*\*)/.test(line));
  const comment: string[] = [];
  for (const line of lines.slice(start)) {
    if (!/^(?:\/\/|\/\*\*| \*)/.test(line)) break;
    comment.push(line.replace(/^(?:\/\/|\/\*\*| \*\/?) ?/, ''));
  }
  const words = shorten(comment.join(' ').trim());
  if (start < 0 || words === '') throw new Error(`${path} does not say what it owns`);
  return words;
}

/** The first sentence; of a long one, the part before its colon or semicolon. */
function shorten(text: string): string {
  const [sentence = text] = /^.*?\.(?= |$)/.exec(text) ?? [];
  const [part = sentence] = sentence.length > longest ? (/^.*?[:;](?= )/.exec(sentence) ?? []) : [];
  const words = part.replace(/^Owns /, '').replace(/[.:;]$/, '');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
