// Python programs of the suite: a virtual environment per trial, with the pinned packages.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './relying-party.ts';
import { pythonPackages, versions, type Pinned } from './versions.ts';

/** Installs the packages next to the sources; returns the version of the first. */
export async function installPython(
  { directory, processes }: Place,
  folder: string,
  first: Pinned,
  ...others: readonly Pinned[]
): Promise<string> {
  await cp(join(import.meta.dirname, folder), directory, { recursive: true });
  await processes.run('python3', ['-m', 'venv', join(directory, 'venv')]);
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  const packages = pythonPackages(first, ...others);
  await processes.run(pythonOf(directory), ['-m', 'pip', 'install', ...quiet, ...packages]);
  return versions[first];
}

export function pythonOf(directory: string): string {
  return join(directory, 'venv/bin/python');
}
