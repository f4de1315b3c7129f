// Translates the TypeScript of src/ to plain JavaScript in a few files, with the packages that it imports.
// AWS Lambda, the container image and the npm package run it: Node.js loads a few files in half the time, and
// with less memory, than two thousand. Views, texts and other files that the code reads are copied.
import { cp, readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** Files that the code reads at run time; only the names of the migrations are read. */
const directories = ['data', 'locales', 'migrations', 'public', 'views'];

/** Drivers for other databases, which Knex would load on demand. */
const unusedPackages = [
  'better-sqlite3',
  'mariadb/callback',
  'mysql',
  'mysql2',
  'oracledb',
  'pg-native',
  'pg-query-stream',
  'sqlite3',
  'tedious',
];

/** Defines the globals that bundled CommonJS modules expect, in each file. */
const prelude = [
  `import { createRequire as __createRequire } from 'node:module';`,
  `const require = __createRequire(import.meta.url);`,
  `const __dirname = import.meta.dirname;`,
  `const __sourceUrl = (path) => new URL(path, import.meta.url).href;`,
].join('\n');

export interface BundleOptions {
  /** Source files below the root, by the name of the output file. */
  readonly entries: Readonly<Record<string, string>>;
  readonly directory: string;
  /** Packages that are imported from node_modules instead of being bundled. */
  readonly external: readonly string[];
}

/** Replaces the directory. Output files are at its top level, next to the copied directories. */
export async function writeBundle({ entries, directory, external }: BundleOptions): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await build({
    entryPoints: Object.entries(entries).map(([out, path]) => ({ out, in: join(root, path) })),
    external: [...external, ...unusedPackages],
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    banner: { js: prelude },
    legalComments: 'linked',
    // The patches find oidc-provider's steps by function name, and stack traces need the names.
    keepNames: true,
    // The source text of a loaded file stays in memory; without whitespace, comments and long variable
    // names it is half as long.
    minify: true,
    lineLimit: 200,
    logLevel: 'warning',
    plugins: [keepSourceUrls, keepNamedExports, omitZodLanguages],
  });
  for (const each of directories) {
    await cp(join(root, each), join(directory, each), { recursive: true });
  }
}

/**
 * The code finds files relative to its own: `new URL('../../views/', import.meta.url)`. In the bundle each
 * source keeps the URL that it would have below the directory.
 */
const keepSourceUrls: Plugin = {
  name: 'keep-source-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\/(?:src|migrations)\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (path.includes('/node_modules/') || !text.includes('import.meta.url')) return undefined;
      const url = `__sourceUrl(${JSON.stringify(relative(root, path))})`;
      return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
};

/**
 * Node.js detects the named exports of a CommonJS module, so `import()` returns them; esbuild's bundle would
 * have `default` only. Each module imported this way is replaced by one that exports the names that Node.js
 * detects.
 */
const keepNamedExports: Plugin = {
  name: 'keep-named-exports',
  setup({ onResolve, onLoad, resolve }) {
    const namespace = 'named-exports';
    onResolve({ filter: /^[@a-z]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === namespace) return undefined;
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: namespace });
      if (found.external || found.errors.length > 0 || isBuiltin(path)) return found;
      const isCommonJs = Object.hasOwn(await import(found.path), 'module.exports');
      return isCommonJs ? { path: found.path, namespace } : found;
    });
    onLoad({ filter: /./, namespace }, async ({ path }) => {
      const exported = Object.keys(await import(path)).filter((name) => /^\w+$/.test(name));
      const names = exported.filter((name) => name !== 'default');
      const values = names.map((name, index) => `const v${index} = all.${name};`);
      const list = names.map((name, index) => `v${index} as ${name}`).join(', ');
      return {
        contents: `const all = require(${JSON.stringify(path)});\n${values.join('\n')}\nexport { all as default, ${list} };`,
        resolveDir: dirname(path),
      };
    });
  },
};

/** Only its English messages are used; the other languages would take a third of a megabyte of memory. */
const omitZodLanguages: Plugin = {
  name: 'omit-zod-languages',
  setup({ onLoad }) {
    onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js';`,
    }));
  },
};
