// Reads the source files and their imports for the architecture tests.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { measureFunctions, type MeasuredFunction } from './functions.ts';

const root = join(import.meta.dirname, '../..');
const comments = /\/\*[^]*?\*\/|(?<![:'"`])\/\/.*$/gm;
const specifiers = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g;

export interface Source {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly string[];
  readonly functions: readonly MeasuredFunction[];
}

export interface Link {
  readonly from: string;
  readonly to: string;
}

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const code = text.replaceAll(comments, '');
  const imports = [...code.matchAll(specifiers)].map(([, specifier = '']) => specifier);
  const functions = measureFunctions(text);
  return { path, lines: text.trimEnd().split('\n').length, imports, functions };
}

function listSources(folder: string): Source[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    .map(readSource);
}

/** `#core/*` and the other aliases, as package.json defines them. */
function readAliases(): readonly (readonly [alias: string, folder: string])[] {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.ok(typeof manifest === 'object' && manifest !== null && 'imports' in manifest);
  return Object.entries(Object(manifest.imports)).map(
    ([alias, target]) =>
      [alias.replace('*', ''), String(target).slice(2).replace('*', '')] as const,
  );
}

const folders = ['src', 'packages/resource-server/src', 'migrations', 'test', 'bench'];
export const sources = folders.flatMap(listSources);
const aliases = readAliases();

/**
 * Returns the path of the imported source file, or undefined for packages, Node modules and data
 * files.
 */
function resolveImport(from: string, specifier: string): string | undefined {
  if (!/\.m?ts$/.test(specifier)) return undefined;
  if (specifier.startsWith('.')) return posix.join(dirname(from), specifier);
  const [alias, folder] = aliases.find(([prefix]) => specifier.startsWith(prefix)) ?? [];
  return alias === undefined || folder === undefined
    ? undefined
    : `${folder}${specifier.slice(alias.length)}`;
}

export const links: readonly Link[] = sources.flatMap(({ path, imports }) =>
  imports.flatMap((specifier) => {
    const to = resolveImport(path, specifier);
    return to === undefined ? [] : [{ from: path, to }];
  }),
);
