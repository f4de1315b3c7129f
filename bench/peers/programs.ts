// The programs with which other products are installed and run: Java and Maven for Keycloak, Go for Hydra.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findInPath } from '#test/support/services/programs.ts';

/** The message states what is missing and what to do, without a stack trace. */
export class MissingProgramError extends Error {}

export interface Java {
  readonly home: string;
  readonly version: string;
}

/** The version that the Keycloak 26 documentation recommends. */
const leastJava = 21;
/** Where Debian and Fedora install Java. */
const javaFolder = '/usr/lib/jvm';

/**
 * The first Java that is new enough.
 * @param homes by default JAVA_HOME, that of PATH, and those below /usr/lib/jvm
 * @throws MissingProgramError if there is none
 */
export function findJava(homes: readonly (string | undefined)[] = listHomes()): Java {
  for (const home of homes) {
    const version = home ? readJavaVersion(home) : undefined;
    if (home && version && Number.parseInt(version, 10) >= leastJava) return { home, version };
  }
  throw new MissingProgramError(
    `Keycloak needs Java ${leastJava} or newer. Install a JDK, or set JAVA_HOME to one.`,
  );
}

/** @throws MissingProgramError with the purpose and the advice */
export function requireInPath(name: string, advice: string): string {
  const path = findInPath(name);
  if (path) return path;
  throw new MissingProgramError(`The program ${name} is not in PATH. ${advice}`);
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program whose output matters only if it fails. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: RunOptions,
): Promise<void> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (text: string) => {
    output = (output + text).slice(-keptOutput);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const [code]: unknown[] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${output}`);
}

/** Characters of the output that an error shows. */
export const keptOutput = 4000;

/** The version in which a Java below this folder reports itself: "25.0.3", for example. */
function readJavaVersion(home: string): string | undefined {
  const { stderr } = spawnSync(join(home, 'bin/java'), ['-version'], { encoding: 'utf8' });
  return /version "([^"]+)"/.exec(stderr ?? '')?.[1];
}

function listHomes(): readonly (string | undefined)[] {
  return [process.env['JAVA_HOME'], homeInPath(), ...homesBelow(javaFolder)];
}

function homeInPath(): string | undefined {
  const program = findInPath('java');
  // In PATH there is usually a link to the program.
  return program === undefined ? undefined : dirname(dirname(realpathSync(program)));
}

function homesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
