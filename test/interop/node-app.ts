// A Node web application: its library is installed from npm and its source copied from a folder of
// this suite into the directory of the trial.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place, Trial } from './relying-party.ts';
import { npmPackages, versions, type Pinned } from './versions.ts';
import { driveServerApp, type ServerAppFacts } from './server-app.ts';

/** Installs the packages; returns the installed version of the first. */
export async function installNodeApp(
  { directory, processes }: Place,
  folder: string,
  first: Pinned,
  ...others: readonly Pinned[]
): Promise<string> {
  await copySources(folder, directory);
  await writeFile(join(directory, 'package.json'), '{ "type": "module", "private": true }');
  const options = ['install', '--prefix', directory, '--prefer-offline', '--ignore-scripts'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const packages = npmPackages(first, ...others);
  await processes.run('npm', [...options, ...quiet, ...packages], { cwd: directory });
  const manifest = await readFile(join(directory, 'node_modules', first, 'package.json'), 'utf8');
  return String(Object(JSON.parse(manifest)).version ?? versions[first]);
}

/** Copies the files of this suite for the library and those shared by all Node programs. */
export async function copySources(folder: string, directory: string): Promise<void> {
  for (const name of ['node', folder]) {
    await cp(join(import.meta.dirname, name), directory, { recursive: true });
  }
}

/** Registers a client for `app.mjs`, starts it and drives it. */
export function driveNodeApp(
  trial: Trial,
  facts: Omit<ServerAppFacts, 'command' | 'args'>,
): Promise<void> {
  const args = [join(trial.directory, 'app.mjs')];
  return driveServerApp(trial, { command: process.execPath, args, ...facts });
}
