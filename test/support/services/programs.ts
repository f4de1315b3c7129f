// The programs that the tests need in addition to Node.js. On Debian and Ubuntu they are installed
// if the user is root; otherwise an error lists the missing packages.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { unpackPrometheus } from './prometheus.ts';

export interface Programs {
  /** The directory of initdb, postgres and pg_isready. */
  readonly postgres: string;
  readonly redis: string;
  /** If undefined, browser tests are skipped. */
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
  chromium: ['chromium-headless-shell', 'fonts-dejavu-core'],
} as const satisfies Record<keyof Found, readonly string[]>;

/** Opens a page with a new profile in a sixth of the CPU time of Chromium, from which it is built. */
const headlessShell = 'chromium-headless-shell';
const browsers = [headlessShell, 'chromium', 'chromium-browser', 'google-chrome'];

/** Finds the programs and installs missing ones if that is possible without a prompt. */
export function providePrograms(say: (line: string) => void): Programs {
  const missing = missingPackages({ ...find(), chromium: findInPath(headlessShell) });
  if (missing.length > 0 && canInstall()) {
    say(`Installing packages for the tests: ${missing.join(' ')}`);
    install(missing);
    // A system other than Debian may have the whole browser only.
    if (!findChromium()) install(['chromium']);
  }
  unpackPrometheus(say);
  const programs = findPrograms();
  if (!programs.chromium) say('Chromium not found; browser tests are skipped.');
  return programs;
}

/** The installed programs. */
export function findPrograms(): Programs {
  const found = find();
  const { postgres, redis, chromium } = found;
  if (!postgres || !redis) {
    const needed = missingPackages({ ...found, chromium: 'not needed' }).join(' ');
    throw new Error(`The tests require PostgreSQL and Redis. Install these packages: ${needed}`);
  }
  return { postgres, redis, chromium };
}

/** The browser that is started with the least effort; undefined if there is none. */
export function findChromium(): string | undefined {
  return browsers.map(findInPath).find((path) => path !== undefined);
}

function find(): Found {
  return {
    postgres: findPostgres(),
    redis: findInPath('redis-server') ?? findInPath('valkey-server'),
    chromium: findChromium(),
  };
}

/** Debian installs the server programs outside PATH, in one directory per version. */
function findPostgres(): string | undefined {
  const versions = listFolder('/usr/lib/postgresql').toSorted((a, b) => Number(b) - Number(a));
  const folders = versions.map((version) => join('/usr/lib/postgresql', version, 'bin'));
  return [...folders, ...searchPath()].find((folder) => isProgram(join(folder, 'initdb')));
}

/** The path of a program, or undefined if it is not in PATH. */
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

/** Whether Debian packages can be installed without a prompt. */
export function canInstall(): boolean {
  return process.getuid?.() === 0 && findInPath('apt-get') !== undefined;
}

export function install(names: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (args: readonly string[]) =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  apt(['update', '-qq']);
  const options = ['install', '-y', '-qq', '--no-install-recommends'];
  // If one package does not exist on this system, the others are installed individually.
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
