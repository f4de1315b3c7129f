// The tree in docs/architecture.md: one line per folder and file of src, in the words with which the
// file itself begins. Written by code-pages.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
/** The part of the page that is made here. */
export const treeBlock = /```text\nsrc\/\n[^]*?```/;
const column = 34;
/** Characters of a line's words; a sentence without a place to break it at may be longer. */
const longest = 100;

/** Folders in the order of the floors, and what each is about. */
const folders: Readonly<Record<string, string>> = {
  'src/domain': 'floor 0: rules and types, pure',
  'src/domain/people': 'people, and how they prove who they are',
  'src/domain/supplements': 'what operators keep of people beside the standard claims',
  'src/domain/audit': 'what is written down, and how it is hashed',
  'src/platform': 'floor 1: the outside world',
  'src/platform/settings': 'what operators set',
  'src/platform/database': 'PostgreSQL, on a server or embedded',
  'src/platform/redis': 'the way to Redis, and what to do while there is none',
  'src/platform/secrets': 'hashing, encryption, signatures, random values',
  'src/platform/secrets/foreign-hashes': 'password hashes of other systems',
  'src/platform/request': 'what is known of the request that is being answered',
  'src/platform/outbound': 'calls and mail to others',
  'src/platform/control': 'the socket for the command line',
  'src/platform/logging': 'the log, and what may stand in it',
  'src/stores': 'floor 2: the only SQL and Redis commands',
  'src/stores/accounts': 'people and what belongs to them',
  'src/stores/personal-data': 'what people get a copy of, and operators keep of them',
  'src/stores/factors': 'second proofs of a sign-in',
  'src/stores/clients': 'apps, APIs and signing keys',
  'src/stores/sessions': 'browser sessions, and everything that ends at once',
  'src/stores/tokens': 'grants, refresh families, revoked access tokens',
  'src/stores/short-lived': 'what ends by itself within hours: Redis or memory',
  'src/stores/changes': 'telling all nodes that something has changed',
  'src/stores/audit': 'the audit: append, seal, search, export',
  'src/services': 'floor 3: what people and operators do; opens transactions',
  'src/services/accounts': 'what people do with their account',
  'src/services/importing': 'taking people over from other systems',
  'src/services/personal-data': 'copies of what is kept about people',
  'src/services/factors': 'second proofs of a sign-in',
  'src/services/identities': 'accounts with other providers, and the way there and back',
  'src/services/clients': 'apps, APIs and signing keys',
  'src/services/sessions': 'browser sessions: saving, ending, looking at them',
  'src/services/standing': 'who may act, and what is remembered of it',
  'src/services/mail-proofs': 'proofs of a mailbox: asking for one, and taking it',
  'src/services/blocking': 'ending things, with a receipt, and telling whom it concerns',
  'src/services/audit': 'writing down, searching',
  'src/services/audit/chain': 'proving that nothing was changed',
  'src/services/delivery': 'mail and calls that are sent later',
  'src/oidc': 'floor 4: all contact with the engine',
  'src/oidc/adapters': 'where the engine keeps its models',
  'src/oidc/sign-in': 'from an authorization request to a session, and out again',
  'src/oidc/tokens': 'what tokens look like, rotate and tell',
  'src/oidc/clients': 'who a client is, and what it may register',
  'src/http': 'floor 5: middleware, guards, rendering, input',
  'src/http/edge': 'what every request is put through first',
  'src/http/guards': 'doors in front of the engine',
  'src/http/forms': 'what people type and send',
  'src/http/rendering': 'pages, mails and words',
  'src/http/rendering/views': 'what views need to be shown',
  'src/http/rendering/mails': 'what mails say, and how they are set',
  'src/http/rendering/personal-data': 'what is kept about a person, on pages',
  'src/http/rest': 'what the REST interface is made of',
  'src/http/pages': 'floor 6: one file per page, with its view of the same name',
  'src/http/pages/mail-proofs': 'pages that prove a mailbox',
  'src/http/pages/passkeys': 'signing in with passkeys',
  'src/http/pages/with': 'signing in with other providers',
  'src/http/pages/account': "a person's own account",
  'src/http/pages/account/data': 'what is kept about a person: having a copy',
  'src/http/pages/development': 'pages that production does not have',
  'src/http/api': 'floor 6: the REST interface, one file per resource',
  'src/commands': 'floor 8: what the command line can do, one file per command',
  'src/commands/line': 'the command line itself: reading, help, answers',
  'src/commands/config': 'config check, accept',
  'src/commands/doctor': 'the checks of doctor.ts',
  'src/commands/audit': 'audit verify, export',
  'src/commands/clients': 'client create, show, disable, enable',
  'src/commands/endings': 'ending what may act',
  'src/commands/keys': 'keys list',
  'src/commands/outbox': 'outbox list, retry',
  'src/commands/resources': 'resource create, list',
  'src/commands/sessions': 'session list, end, show',
  'src/commands/importing': 'user import: lines, faults, progress, the way to the data',
  'src/commands/users': 'user create, show, block and more',
  'src/installation': 'parts of installation.ts',
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
  const words = folders[folder];
  if (words === undefined) throw new Error(`${folder} is not in the list of folders above`);
  return words;
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
