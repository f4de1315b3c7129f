// The documentation matches the code: links, files, commands, limits, the order of the middleware.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { dataCommands } from '#cli/registry.ts';
import { processCommands } from '#cli/process-commands.ts';
import { createApp } from '#server/app.ts';
import { describeApp } from '#test/support/app.ts';

const root = join(import.meta.dirname, '../..');
const maxDecisionLines = 40;

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Sorted paths below the folder, relative to the repository. */
function list(folder: string, ending: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    .toSorted();
}

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...list('docs', '.md'),
  ...list('data', '.md'),
];

interface Link {
  readonly from: string;
  readonly target: string;
}

function linksOf(document: string): readonly Link[] {
  const prose = read(document).replaceAll(/^```[^]*?^```/gm, '');
  return [...prose.matchAll(/(?:\]\(|\bsrc=")([^)\s"]+)[)"]/g)]
    .map(([, target = '']) => ({ from: document, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
}

/** The anchors that Markdown renderers generate for headings. */
function anchorsOf(document: string): readonly string[] {
  return [...read(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken({ from, target }: Link): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : join(dirname(from), path);
  if (!existsSync(join(root, file))) return true;
  return anchor !== undefined && !anchorsOf(file).includes(anchor);
}

describe('documentation', () => {
  it('has no broken link', () => {
    const broken = documents.flatMap(linksOf).filter(isBroken);

    assert.deepEqual(broken, []);
  });

  it('names only existing commands', () => {
    const names = [...dataCommands, ...processCommands].map(({ name }) => name);
    const shown = documents
      .flatMap((document) => [...read(document).matchAll(/npx ostiary ([a-z][a-z -]*[a-z])/g)])
      .map(([, words = '']) => words.split(' -')[0] ?? '');

    const unknown = shown.filter(
      (words) => !names.some((name) => words === name || words.startsWith(`${name} `)),
    );
    assert.deepEqual(unknown, []);
  });

  it('keeps a decision record on one page, with context, decision and consequences', () => {
    const decisions = list('docs/decisions', '.md');
    const numbers = decisions.map((path) =>
      Number(path.slice('docs/decisions/'.length).slice(0, 4)),
    );
    const long = decisions.filter((path) => read(path).split('\n').length > maxDecisionLines);
    const headings = decisions.map((path) =>
      [...read(path).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading).join(),
    );

    assert.deepEqual(long, []);
    assert.deepEqual([...new Set(headings)], ['Context,Decision,Consequences']);
    assert.deepEqual(
      numbers,
      numbers.map((_, position) => position + 1),
    );
  });
});

describe('docs/architecture.md', () => {
  const page = read('docs/architecture.md');

  it('names only existing files and folders', () => {
    const named = [...page.matchAll(/`((?:src|test|views|public|bench|locales)\/[\w./-]*)`/g)];
    const missing = named
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(join(root, path)) && !/\bx\.|\bxx\./.test(path));

    assert.ok(named.length > 40);
    assert.deepEqual(missing, []);
  });

  it('lists each folder of the first two levels of src in its tree', () => {
    const lines = page.split('\n').map((line) => /^ {2,4}([\w-]+\/)/.exec(line)?.[1]);
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => [
        `${name}/`,
        ...readdirSync(join(root, 'src', name), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((inner) => `${inner.name}/`),
      ]);

    assert.deepEqual(
      folders.filter((name) => !lines.includes(name)),
      [],
    );
  });
});

describe('limits in docs/production.md', () => {
  const rows = [
    ...read('docs/production.md').matchAll(/\| `([^`]+)` in `(src\/[\w./-]+)` *\|$/gm),
  ].map(([, code = '', file = '']) => ({ code, file }));

  it('match the code', () => {
    const squeeze = (text: string) => text.replaceAll(/\s+/g, ' ');
    const wrong = rows.filter(({ code, file }) => !squeeze(read(file)).includes(code));

    assert.ok(rows.length > 50);
    assert.deepEqual(wrong, []);
  });
});

describeApp('docs/flows.md', { arrangement: 'embedded, memory' }, (app) => {
  it('lists the middleware in the order of execution', async () => {
    const { services } = app();
    const koa = await createApp({ services, isStopping: () => false });
    const names = koa.middleware.map(({ name }) => name).filter((name) => name !== '');
    const listed = [...read('docs/flows.md').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);

    assert.deepEqual(listed, names);
  });
});
