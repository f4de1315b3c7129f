// The system programs that relying parties need, and the Debian packages that provide them.
// Missing ones are installed where that is possible without a prompt.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { canInstall, findChromium, findInPath, install } from '#test/support/services/programs.ts';

export const apacheProgram = '/usr/sbin/apache2';
export const apacheModules = '/usr/lib/apache2/modules';

interface ProgramFacts {
  /** The name for the message about a missing program. */
  readonly title: string;
  readonly packages: readonly string[];
  isThere(): boolean;
}

const facts = {
  python: {
    title: 'Python 3 with venv',
    packages: ['python3', 'python3-venv'],
    isThere: () => isSuccessful('python3', ['-c', 'import venv, ensurepip']),
  },
  go: {
    title: 'Go 1.24 or newer',
    packages: [],
    isThere: () => isGoNewEnough(),
  },
  maven: {
    title: 'Maven and a JDK 17 or newer',
    packages: ['maven', 'default-jdk-headless'],
    isThere: () => findInPath('mvn') !== undefined && findInPath('javac') !== undefined,
  },
  apache: {
    title: 'Apache with mod_auth_openidc',
    packages: ['apache2-bin', 'libapache2-mod-auth-openidc'],
    isThere: () => existsSync(apacheProgram) && existsSync(`${apacheModules}/mod_auth_openidc.so`),
  },
  chromium: {
    title: 'Chromium',
    packages: ['chromium-headless-shell', 'fonts-dejavu-core'],
    isThere: () => findChromium() !== undefined,
  },
} as const satisfies Record<string, ProgramFacts>;

export type Program = keyof typeof facts;

/**
 * Installs missing programs and returns, by program, why a relying party that needs it cannot run.
 */
export function providePrograms(
  needed: ReadonlySet<Program>,
  say: (line: string) => void,
): ReadonlyMap<Program, string> {
  const packages = missing(needed).flatMap((program) => [...facts[program].packages]);
  if (packages.length > 0 && canInstall()) {
    say(`Installing packages for the suite: ${packages.join(' ')}`);
    install(packages);
  }
  return new Map(missing(needed).map((program) => [program, `needs ${facts[program].title}`]));
}

function missing(needed: ReadonlySet<Program>): Program[] {
  return [...needed].filter((program) => !facts[program].isThere());
}

/** The pinned modules require 1.24; an older Go would download another toolchain. */
function isGoNewEnough(): boolean {
  const { stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  return Number(major) > 1 || Number(minor) >= 24;
}

function isSuccessful(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
