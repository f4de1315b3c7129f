// Go programs of the suite. Modules and compiled packages stay in Go's own caches.
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './relying-party.ts';
import { versions, type Pinned } from './versions.ts';

/** Only the installed toolchain is used; Go must not download another one. */
const env = { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' };

/** Builds the sources with the pinned modules as `app`; returns the version of the first module. */
export async function buildGoApp(
  { directory, processes }: Place,
  folder: string,
  first: Pinned,
  ...others: readonly Pinned[]
): Promise<string> {
  await cp(join(import.meta.dirname, folder), directory, { recursive: true });
  const required = [first, ...others].map((name) => `require ${name} ${versions[name]}\n`);
  await writeFile(join(directory, 'go.mod'), `module interop\n\ngo 1.24\n\n${required.join('')}`);
  await processes.run('go', ['build', '-o', 'app', '.'], { cwd: directory, env });
  return versions[first].slice(1);
}

/** Builds a program that is itself a module; returns its version. */
export async function installGoProgram(
  { directory, processes }: Place,
  module: Pinned,
): Promise<string> {
  const options = { cwd: directory, env: { GOTOOLCHAIN: 'local', GOBIN: directory } };
  await processes.run('go', ['install', `${module}@${versions[module]}`], options);
  return versions[module].slice(1);
}
