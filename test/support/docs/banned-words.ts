// Finds words that we avoid, because readers do not search for them or have to translate them
// (docs/glossary.md has the terms to use). As a program it prints file:line:word for each:
// node test/support/docs/banned-words.ts
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readLocale, readMarkdown, readSource, type Prose, type SourceText } from './prose.ts';

const root = join(import.meta.dirname, '../../..');
/** Generated from src/config, whose strings are checked themselves. */
const generated = 'docs/configuration.md';

/** Words to avoid, as regular expressions, with what to write instead. */
export const avoided: readonly (readonly [words: string, instead: string])[] = [
  ['whoever|somebody|nobody|none of ours', 'the role: the user, the client, an attacker'],
  ['can not', 'cannot'],
  ['no good|good once', 'invalid, expired; single use'],
  ['is over|are over', 'has ended, expired'],
  ['for ever', 'forever'],
  ['life time', 'lifetime'],
  ['ways? in', 'sign-in method'],
  ['doors?', 'endpoint, route'],
  ['standing', 'status'],
  ['endings?', 'revocation'],
  ['stands? on', 'depends on, is bound to'],
  ['hears? of|heard of', 'is notified of'],
  ['theft alarm', 'refresh token reuse detection'],
  ['couriers?|parcels?', 'job handler, job'],
  ['mail proofs?', 'email token'],
  ['fresh proofs?|own proofs?', 'reauthentication'],
  ['half sign-ins?|half a sign-in', 'partial sign-in'],
  ['paper codes?', 'recovery code'],
  ['strangers?', 'attacker, unauthenticated client'],
  ['thief|thieves', 'attacker'],
  ['catalogues?', 'registry, route table, messages'],
  ['e-mails?', 'email'],
  ['not right', 'invalid'],
  ['once-ness', 'single use'],
  ['the house', 'the installation, the architecture'],
];

/** A phrase may continue on the next line of a comment, behind its `//` or `*`. */
const gap = String.raw`\s+(?:(?:\/\/|\*)\s+)?`;
const words = avoided.map(([each]) => each.replaceAll(' ', gap)).join('|');
const pattern = new RegExp(`(?<![\\w-])(?:${words})(?![\\w-])`, 'gi');

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly word: string;
}

export function findAvoided(path: string, pieces: readonly Prose[]): readonly Finding[] {
  return pieces.flatMap(({ line, text }) =>
    [...text.matchAll(pattern)].map(({ 0: word, index }) => ({
      path,
      line: line + text.slice(0, index).split('\n').length - 1,
      word: word.replaceAll(new RegExp(gap, 'g'), ' ').toLowerCase(),
    })),
  );
}

function list(folder: string, ending: RegExp): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    .toSorted();
}

/** Words in SQL are names of tables and the like, and a string without a space is a key. */
function isSentence({ kind, text }: SourceText): boolean {
  const isSql = /^`\s*(?:with|select|insert|update|delete|create|alter|drop)\b/i.test(text);
  return kind !== 'string' || (/\S\s+\S/.test(text) && !isSql);
}

/** Comments and strings of src, titles of tests, documents, and the English texts. */
export function findAll(): readonly Finding[] {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const sources = list('src', /\.ts$/).map((path) => ({
    path,
    pieces: readSource(read(path)).filter(isSentence),
  }));
  const tests = list('test', /\.ts$/).map((path) => ({
    path,
    pieces: readSource(read(path)).filter(({ kind }) => kind === 'title'),
  }));
  const rootDocuments = readdirSync(root).filter((name) => name.endsWith('.md'));
  const documents = [...rootDocuments, ...list('docs', /\.md$/)]
    .filter((path) => path !== generated)
    .map((path) => ({ path, pieces: readMarkdown(read(path)) }));
  const english = { path: 'locales/en.json', pieces: readLocale(read('locales/en.json')) };
  return [...sources, ...tests, ...documents, english].flatMap(({ path, pieces }) =>
    findAvoided(path, pieces),
  );
}

if (import.meta.main) {
  for (const { path, line, word } of findAll()) process.stdout.write(`${path}:${line}:${word}\n`);
}
