// Imports only go down the floors of the house, files stay small, and no two files need each other.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '..');
const mostLines = 250;

/** The longest prefix decides. A platform may use errors from the floor below it, nothing else. */
const floors: readonly (readonly [prefix: string, floor: number])[] = [
  ['src/domain/', 0],
  ['src/platform/', 1],
  ['migrations/', 1],
  ['src/stores/', 2],
  ['src/services/', 3],
  ['src/oidc/', 4],
  ['src/http/', 5],
  ['src/http/pages/', 6],
  ['src/http/api/', 6],
  ['src/app.ts', 7],
  ['src/engine.ts', 7],
  ['src/installation.ts', 7],
  ['src/installation/', 7],
  ['src/operators.ts', 7],
  ['src/pages.ts', 7],
  ['src/serve.ts', 8],
  ['src/main.ts', 8],
  ['src/cli.ts', 8],
  ['src/commands/', 8],
  ['bench/', 9],
  ['test/', 9],
];

const comments = /\/\*[^]*?\*\/|(?<![:'"`])\/\/.*$/gm;
const specifiers = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g;

interface Source {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly string[];
}

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const code = text.replaceAll(comments, '');
  const imports = [...code.matchAll(specifiers)].map(([, specifier = '']) => specifier);
  return { path, lines: text.trimEnd().split('\n').length, imports };
}

function listSources(folder: string): Source[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    .map(readSource);
}

function isFolder(folder: string): boolean {
  return readdirSync(root).includes(folder);
}

const sources = ['src', 'migrations', 'test', 'bench'].filter(isFolder).flatMap(listSources);
const aliases = readAliases();

/** `#stores/*` and its like, as package.json spells them. */
function readAliases(): readonly (readonly [alias: string, folder: string])[] {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.ok(typeof manifest === 'object' && manifest !== null && 'imports' in manifest);
  return Object.entries(Object(manifest.imports)).map(
    ([alias, target]) =>
      [alias.replace('*', ''), String(target).slice(2).replace('*', '')] as const,
  );
}

/** The file of ours that is meant; undefined for packages, Node itself and data. */
function resolveImport(from: string, specifier: string): string | undefined {
  if (!/\.m?ts$/.test(specifier)) return undefined;
  if (specifier.startsWith('.')) return posix.join(dirname(from), specifier);
  const [alias, folder] = aliases.find(([prefix]) => specifier.startsWith(prefix)) ?? [];
  return alias === undefined || folder === undefined
    ? undefined
    : `${folder}${specifier.slice(alias.length)}`;
}

function floorOf(path: string): number | undefined {
  const matching = floors.filter(([prefix]) => path.startsWith(prefix));
  return matching.toSorted(([a], [b]) => b.length - a.length)[0]?.[1];
}

function mayImport(from: string, to: string): boolean {
  const [here, there] = [floorOf(from), floorOf(to)];
  if (here === undefined || there === undefined) return false;
  if (here === 1 && there === 0) return to === 'src/domain/errors.ts';
  return there <= here;
}

const links = sources.flatMap(({ path, imports }) =>
  imports.flatMap((specifier) => {
    const to = resolveImport(path, specifier);
    return to === undefined ? [] : [{ from: path, to }];
  }),
);

/** The files of a circle in their order, if there is one. */
function findCircle(): readonly string[] {
  const done = new Set<string>();

  function walk(path: string, way: readonly string[]): readonly string[] {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const { to } of links.filter(({ from }) => from === path)) {
      const circle = walk(to, [...way, path]);
      if (circle.length > 0) return circle;
    }
    done.add(path);
    return [];
  }

  for (const { path } of sources) {
    const circle = walk(path, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe('the house', () => {
  it('has a floor for every file', () => {
    const homeless = sources.map(({ path }) => path).filter((path) => floorOf(path) === undefined);

    assert.deepEqual(homeless, []);
  });

  it('imports only downwards', () => {
    const upward = links.filter(({ from, to }) => !mayImport(from, to));

    assert.deepEqual(
      upward.map(({ from, to }) => `${from} imports ${to}`),
      [],
    );
  });

  it('imports only what exists', () => {
    const known = new Set(sources.map(({ path }) => path));
    const missing = links.filter(({ to }) => !known.has(to));

    assert.deepEqual(
      missing.map(({ from, to }) => `${from} imports ${to}`),
      [],
    );
  });

  it('has no circle', () => {
    assert.deepEqual(findCircle(), []);
  });

  it('names other folders by their floor, not by a way through the tree', () => {
    const wandering = sources.flatMap(({ path, imports }) =>
      imports
        .filter((specifier) => specifier.startsWith('../') && /\.m?ts$/.test(specifier))
        .map((specifier) => `${path} imports ${specifier}`),
    );

    assert.deepEqual(wandering, []);
  });

  it(`has no file of more than ${mostLines} lines`, () => {
    const long = sources.filter(({ lines }) => lines > mostLines);

    assert.deepEqual(
      long.map(({ path, lines }) => `${path} has ${lines}`),
      [],
    );
  });
});
