// Translates the TypeScript of src/ to plain JavaScript, for places where Node.js strips no types: AWS
// Lambda, and packages below node_modules. Views, texts and other files that the code reads are copied.
import { cp, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** What the code reads at run time; of the migrations, only their names. */
const directories = ['data', 'locales', 'migrations', 'public', 'views'];

/** Dialects of other databases, which Knex would load on demand. */
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

/** Defines what bundled CommonJS modules expect, in each file. */
const prelude = [
  `import { createRequire as __createRequire } from 'node:module';`,
  `const require = __createRequire(import.meta.url);`,
  `const __dirname = import.meta.dirname;`,
  `const __sourceUrl = (path) => new URL(path, import.meta.url).href;`,
].join('\n');

export interface BundleOptions {
  /** Source files below the root, by the name of the file that is written. */
  readonly entries: Readonly<Record<string, string>>;
  readonly directory: string;
  /** Packages that remain imports; `all` for each package. */
  readonly external: readonly string[] | 'all';
}

/** Replaces the directory. All files are written to its top, beside the copied directories. */
export async function writeBundle({ entries, directory, external }: BundleOptions): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  const common = external === 'all' ? { packages: 'external' as const } : {};
  await build({
    ...common,
    entryPoints: Object.entries(entries).map(([out, path]) => ({ out, in: join(root, path) })),
    external: external === 'all' ? [] : [...external, ...unusedPackages],
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    banner: { js: prelude },
    legalComments: 'linked',
    // The steps of oidc-provider are found by their names.
    keepNames: true,
    logLevel: 'warning',
    plugins: [keepSourceUrls],
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
