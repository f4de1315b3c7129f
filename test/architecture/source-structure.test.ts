// Architecture of src: layers, import directions, the absence of cycles, and the size of files and
// folders. docs/architecture.md explains the rules; exceptions.ts lists the current
// violations.
import assert from 'node:assert/strict';
import { basename, dirname } from 'node:path';
import { describe, it } from 'node:test';
import { importExceptions, type Exception } from './exceptions.ts';
import { links, sources, type Link } from './sources.ts';
import { modules } from '#server/modules.ts';

const maxLines = 250;
const maxFilesPerFolder = 12;

/** From bottom to top. A file imports from its own layer and from lower ones. */
const layers = [
  'platform',
  'config',
  'types',
  'store',
  'service',
  'oidc',
  'kit',
  'surface',
  'composition',
  'tests',
] as const;
type Layer = (typeof layers)[number];

/** Folders that belong to one layer as a whole; the longest prefix decides. */
const layerByFolder: readonly (readonly [prefix: string, layer: Layer])[] = [
  ['migrations/', 'platform'],
  ['packages/', 'platform'],
  ['src/platform/', 'platform'],
  ['src/config/', 'config'],
  ['src/http/context.ts', 'types'],
  ['src/http/i18n/', 'types'],
  ['src/oidc/', 'oidc'],
  ['src/http/', 'kit'],
  ['src/cli/framework/', 'kit'],
  ['src/cli/', 'composition'],
  ['src/server/', 'composition'],
  ['src/main.ts', 'composition'],
  ['src/cli.ts', 'composition'],
  ['src/lambda', 'composition'],
  ['test/', 'tests'],
  ['bench/', 'tests'],
];

/**
 * In core and features the suffix determines the layer; a file without one contains types and pure
 * rules.
 */
const layerBySuffix: Readonly<Record<string, Layer>> = {
  store: 'store',
  service: 'service',
  pages: 'surface',
  api: 'surface',
  commands: 'surface',
  mails: 'surface',
  jobs: 'surface',
};

/** Features depend on these, so these must not depend on any feature. */
const belowFeatures = ['platform', 'config', 'core', 'oidc', 'http', 'cli/framework'].map(
  (folder) => `src/${folder}/`,
);

function layerOf(path: string): Layer | undefined {
  const [longest] = layerByFolder
    .filter(([prefix]) => path.startsWith(prefix))
    .toSorted(([a], [b]) => b.length - a.length);
  if (longest) return longest[1];
  if (!/^src\/(?:core|features)\/[^/]+\//.test(path)) return undefined;
  if (path.includes('/commands/')) return 'surface';
  if (basename(path) === 'module.ts') return 'composition';
  const [, suffix, ...rest] = basename(path, '.ts').split('.');
  if (rest.length > 0) return undefined;
  return suffix === undefined ? 'types' : layerBySuffix[suffix];
}

function featureOf(path: string): string | undefined {
  return /^src\/features\/[^/]+\//.exec(path)?.[0];
}

function isAllowedImport({ from, to }: Link): boolean {
  const [here, there] = [layerOf(from), layerOf(to)];
  if (here === undefined || there === undefined) return false;
  const intoFeature = featureOf(to) && belowFeatures.some((folder) => from.startsWith(folder));
  return !intoFeature && layers.indexOf(there) <= layers.indexOf(here);
}

function isCoveredBy({ from, to }: Link): (exception: Exception) => boolean {
  return (exception) => from.startsWith(exception.from) && to.startsWith(exception.to);
}

function describeLinks(wrong: readonly Link[]): readonly string[] {
  return wrong.map(({ from, to }) => `${from} imports ${to}`);
}

/** Returns the nodes of one cycle in order, or undefined. */
function findCycle(edges: readonly Link[]): readonly string[] {
  const next = Map.groupBy(edges, ({ from }) => from);
  const done = new Set<string>();

  function walk(node: string, path: readonly string[]): readonly string[] {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    for (const { to } of next.get(node) ?? []) {
      const cycle = walk(to, [...path, node]);
      if (cycle.length > 0) return cycle;
    }
    done.add(node);
    return [];
  }

  for (const node of next.keys()) {
    const cycle = walk(node, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

const upward = links.filter((link) => !isAllowedImport(link));
const betweenFeatures = links.filter(
  ({ from, to }) => featureOf(from) && featureOf(to) && featureOf(from) !== featureOf(to),
);

describe('source structure', () => {
  it('assigns every file to a layer, by its folder or its suffix', () => {
    const without = sources.map(({ path }) => path).filter((path) => layerOf(path) === undefined);

    assert.deepEqual(without, []);
  });

  it('allows imports only from the same or a lower layer, and of features only from above', () => {
    const wrong = upward.filter((link) => !importExceptions.some(isCoveredBy(link)));

    assert.deepEqual(describeLinks(wrong), []);
  });

  it('has a module.ts in every folder of a capability, registered in server/modules.ts', () => {
    const capabilities = sources.flatMap(
      ({ path }) => /^src\/(?:core|features)\/([^/]+)\//.exec(path)?.[1] ?? [],
    );
    const folders = new Set(capabilities.filter((name) => name !== 'modules'));

    assert.deepEqual(modules.map(({ name }) => name).toSorted(), [...folders].toSorted());
  });

  it('has no cycle between features', () => {
    const edges = betweenFeatures.map(({ from, to }) => ({
      from: featureOf(from) ?? '',
      to: featureOf(to) ?? '',
    }));

    assert.deepEqual(findCycle(edges), []);
  });

  it('has no exception that is no longer needed', () => {
    const unused = importExceptions.filter(
      (each) => !upward.some((link) => isCoveredBy(link)(each)),
    );

    assert.deepEqual(unused, []);
  });

  it('has no import cycle between files', () => {
    assert.deepEqual(findCycle(links), []);
  });

  it('imports only files that exist', () => {
    const known = new Set(sources.map(({ path }) => path));

    assert.deepEqual(describeLinks(links.filter(({ to }) => !known.has(to))), []);
  });

  it('imports files outside their own folder by an alias, not by a relative path', () => {
    // A published package does not have the aliases of this repository.
    const own = sources.filter(({ path }) => !path.startsWith('packages/'));
    const relative = own.flatMap(({ path, imports }) =>
      imports
        .filter((specifier) => specifier.startsWith('../') && /\.m?ts$/.test(specifier))
        .map((specifier) => `${path} imports ${specifier}`),
    );

    assert.deepEqual(relative, []);
  });

  it(`has no file with more than ${maxLines} lines`, () => {
    const long = sources.filter(({ lines }) => lines > maxLines);

    assert.deepEqual(
      long.map(({ path, lines }) => `${path} has ${lines}`),
      [],
    );
  });

  it(`has no folder with more than ${maxFilesPerFolder} files in src`, () => {
    const ours = sources.filter(({ path }) => path.startsWith('src/'));
    const full = [...Map.groupBy(ours, ({ path }) => dirname(path))].filter(
      ([, files]) => files.length > maxFilesPerFolder,
    );

    assert.deepEqual(
      full.map(([folder, files]) => `${folder} has ${files.length}`),
      [],
    );
  });
});
