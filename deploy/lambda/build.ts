// Builds the artifact for the Lambda functions: plain JavaScript, the files that it reads, and the packages
// that cannot be bundled.
//   node deploy/lambda/build.ts [--out DIRECTORY] [--architecture x86_64|arm64|both]
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeBundle } from '../bundle.ts';
import {
  architectures,
  copyPackages,
  nativePackages,
  type Architecture,
} from './native-packages.ts';

const root = join(import.meta.dirname, '../..');

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'dist/lambda') },
    architecture: { type: 'string', default: 'both' },
  },
});

const startedAt = performance.now();
const directory = resolve(values.out);
await writeBundle({
  entries: { lambda: 'src/lambda.ts', 'lambda-jobs': 'src/lambda-jobs.ts' },
  directory,
  // The embedded database and the builder of the documentation site are never used in a function.
  external: [...nativePackages, '@electric-sql/pglite', 'vitepress'],
});
await copyPackages(root, directory, architecturesOf(values.architecture));
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
const megabytes = Math.round((await sizeOf(directory)) / 1024 / 1024);
process.stdout.write(`${directory}: ${megabytes} MB, built in ${seconds} s\n`);

function architecturesOf(name: string): readonly Architecture[] {
  const all = Object.keys(architectures) as Architecture[]; // its keys
  const chosen = name === 'both' ? all : all.filter((each) => each === name);
  if (chosen.length > 0) return chosen;
  throw new Error('--architecture must be x86_64, arm64 or both');
}

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(({ parentPath, name }) => stat(join(parentPath, name)).then(({ size }) => size)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
