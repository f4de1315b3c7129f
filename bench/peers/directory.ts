// The folder in which other products are installed, and which later runs use again. It is outside the
// project.
import { lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The folder, created if it does not exist.
 * @throws Error if another user could change the programs in it, which this run would execute
 */
export async function openPeersDirectory(given: string | undefined): Promise<string> {
  const { uid } = userInfo();
  const directory = resolve(given ?? join(tmpdir(), `ostiary-bench-peers-${uid}`));
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const facts = await lstat(directory);
  const isPrivate = facts.isDirectory() && facts.uid === uid && (facts.mode & 0o022) === 0;
  if (isPrivate) return directory;
  throw new Error(`Other users could change the programs in ${directory}. Choose another folder.`);
}

/** One version of a product, built in one way. */
export interface Installation {
  /** The folder below that of all products. */
  readonly name: string;
  /** What is installed and how it is built; an installation with another recipe is replaced. */
  readonly recipe: string;
  /** Installs into an empty folder, and returns the folder that has the product. */
  install(empty: string): Promise<string>;
}

const recipeFile = 'installed-by-bench';

/** The folder of the product. An interrupted installation leaves nothing that a later run would use. */
export async function provide(
  directory: string,
  { name, recipe, install }: Installation,
  say: (line: string) => void,
): Promise<string> {
  const home = join(directory, name);
  if ((await readRecipe(home)) === recipe) return home;
  say(`Installing ${recipe} in ${home}.`);
  const temporary = await mkdtemp(join(directory, 'installing-'));
  try {
    const built = await install(temporary);
    await writeFile(join(built, recipeFile), recipe);
    await rm(home, { recursive: true, force: true });
    await rename(built, home);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return home;
}

async function readRecipe(home: string): Promise<string | undefined> {
  try {
    return await readFile(join(home, recipeFile), 'utf8');
  } catch {
    return undefined;
  }
}
