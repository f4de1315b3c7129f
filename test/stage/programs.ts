// The programs a test run needs beside Node, and how they are got: on Debian and Ubuntu as root they
// are installed, elsewhere a sentence says what to install.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Programs {
  /** The folder of initdb, postgres and pg_isready. */
  readonly postgres: string;
  readonly redis: string;
  /** Without it, the tests in a browser are skipped. */
  readonly chromium: string | undefined;
}

interface Found {
  readonly postgres: string | undefined;
  readonly redis: string | undefined;
  readonly chromium: string | undefined;
}

const packages = {
  postgres: ['postgresql'],
  redis: ['redis-server'],
  chromium: ['chromium', 'fonts-dejavu-core'],
} as const satisfies Record<keyof Found, readonly string[]>;

/** Looks for the programs, and installs what is missing where that is possible without asking. */
export function providePrograms(say: (line: string) => void): Programs {
  let found = findPrograms();
  const missing = missingPackages(found);
  if (missing.length > 0 && canInstall()) {
    say(`Installing for the tests, once: ${missing.join(' ')}`);
    install(missing);
    found = findPrograms();
  }
  const { postgres, redis, chromium } = found;
  if (!postgres || !redis) {
    const needed = missingPackages({ ...found, chromium: 'not needed' }).join(' ');
    throw new Error(`The tests need PostgreSQL and Redis. Please install: ${needed}`);
  }
  if (!chromium) say('There is no Chromium: the tests in a browser are skipped.');
  return { postgres, redis, chromium };
}

function findPrograms(): Found {
  return {
    postgres: findPostgres(),
    redis: findInPath('redis-server') ?? findInPath('valkey-server'),
    chromium:
      findInPath('chromium') ?? findInPath('chromium-browser') ?? findInPath('google-chrome'),
  };
}

/** Debian keeps the server's programs out of the PATH, one folder per version. */
function findPostgres(): string | undefined {
  const versions = listFolder('/usr/lib/postgresql').toSorted((a, b) => Number(b) - Number(a));
  const folders = versions.map((version) => join('/usr/lib/postgresql', version, 'bin'));
  return [...folders, ...searchPath()].find((folder) => isProgram(join(folder, 'initdb')));
}

/** The path of a program, if the system has it. */
export function findInPath(name: string): string | undefined {
  return searchPath()
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function searchPath(): string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

function missingPackages(found: Found): string[] {
  return [
    ...(found.postgres ? [] : packages.postgres),
    ...(found.redis ? [] : packages.redis),
    ...(found.chromium ? [] : packages.chromium),
  ];
}

/** Whether Debian packages can be installed without asking. */
export function canInstall(): boolean {
  return process.getuid?.() === 0 && findInPath('apt-get') !== undefined;
}

export function install(names: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (args: readonly string[]) =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  apt(['update', '-qq']);
  const options = ['install', '-y', '-qq', '--no-install-recommends'];
  // One package that this system does not have must not keep the others away.
  if (!apt([...options, ...names])) for (const name of names) apt([...options, name]);
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
