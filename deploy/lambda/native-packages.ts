// Packages that cannot be bundled: compiled programs, one per processor architecture, and browser files
// that are read as files. They are copied to the node_modules of the artifact.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** npm's name of each processor architecture, by AWS's name. */
export const architectures = { x86_64: 'x64', arm64: 'arm64' } as const;
export type Architecture = keyof typeof architectures;

/** Loaded at run time by these names. */
export const nativePackages = ['sharp', '@node-rs/argon2', '@node-rs/bcrypt'];

/** Package files that pages serve; a directory ends with a slash. */
const browserFiles: Readonly<Record<string, readonly string[]>> = {
  '@fontsource-variable/inter': [
    'package.json',
    'LICENSE',
    ...['latin', 'latin-ext', 'cyrillic'].map((part) => `files/inter-${part}-wght-normal.woff2`),
  ],
  oauth4webapi: ['package.json', 'build/'],
  '@simplewebauthn/browser': ['package.json', 'dist/', 'esm/', 'script/'],
  'swagger-ui-dist': ['package.json', 'swagger-ui.css', 'swagger-ui-bundle.js'],
  redoc: ['package.json', 'bundles/redoc.standalone.js'],
};

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

type Lock = Readonly<Record<string, LockedPackage>>;

export async function copyPackages(
  root: string,
  directory: string,
  wanted: readonly Architecture[],
): Promise<void> {
  for (const [name, files] of Object.entries(browserFiles)) {
    await copyFiles(join(root, 'node_modules', name), join(directory, 'node_modules', name), files);
  }
  for (const architecture of wanted) await copyNative(root, directory, architecture);
}

async function copyNative(root: string, directory: string, architecture: Architecture) {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Lock; // npm writes it
  };
  const names = packagesFor(lock.packages, architecture);
  const isInstalled = names.every((name) => existsSync(join(root, 'node_modules', name)));
  const source = isInstalled ? root : await install(root, architecture);
  try {
    for (const name of names) {
      const path = join('node_modules', name);
      await cp(join(source, path), join(directory, path), { recursive: true });
    }
  } finally {
    if (source !== root) await rm(source, { recursive: true, force: true });
  }
}

/** The native packages and those of their dependencies that run on this architecture. */
function packagesFor(lock: Lock, architecture: Architecture): readonly string[] {
  const found = new Set<string>();
  const add = (name: string): void => {
    const entry = lock[`node_modules/${name}`];
    if (!entry || found.has(name) || !runsOn(entry, architecture)) return;
    found.add(name);
    const needed = { ...entry.dependencies, ...entry.optionalDependencies };
    for (const each of Object.keys(needed)) add(each);
  };
  for (const name of nativePackages) add(name);
  return [...found];
}

function runsOn({ os, cpu, libc }: LockedPackage, architecture: Architecture): boolean {
  const isOurs = (list: readonly string[] | undefined, value: string) =>
    list === undefined || list.includes(value);
  return isOurs(os, 'linux') && isOurs(cpu, architectures[architecture]) && isOurs(libc, 'glibc');
}

/** Installs the packages of the lock file for another architecture, into a temporary directory. */
async function install(root: string, architecture: Architecture): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-packages-'));
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    await cp(join(root, name), join(directory, name));
  }
  const target = [`--cpu=${architectures[architecture]}`, '--os=linux', '--libc=glibc'];
  const { status } = spawnSync('npm', ['ci', '--omit=dev', '--ignore-scripts', ...target], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status === 0) return directory;
  await rm(directory, { recursive: true, force: true });
  throw new Error(`The packages for ${architecture} could not be installed.`);
}

async function copyFiles(from: string, to: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    if (existsSync(join(from, file)))
      await cp(join(from, file), join(to, file), { recursive: true });
  }
}
