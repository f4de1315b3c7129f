// What a reader must know about the machine to judge a figure: hardware, versions, other load.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The commit, with `+` if files differ from it. */
  readonly commit: string;
}

const root = new URL('..', import.meta.url);

export function describeMachine(stores: Readonly<Record<string, string>>): Machine {
  const [processor] = cpus();
  return {
    processor: processor?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: /^PRETTY_NAME="?([^"\n]+)/m.exec(read('/etc/os-release'))?.[1] ?? process.platform,
    versions: {
      'Node.js': process.version.slice(1),
      'oidc-provider': versionOf('oidc-provider'),
      ...stores,
    },
    commit: currentCommit(),
  };
}

/** When and where results were measured. */
export interface Circumstances {
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly loadAverage: number;
}

export function describeCircumstances(stores: Readonly<Record<string, string>>): Circumstances {
  return {
    measuredAt: new Date().toISOString(),
    machine: describeMachine(stores),
    loadAverage: readLoadAverage(),
  };
}

/** The number of runnable processes, on average over the last minute. */
export function readLoadAverage(): number {
  return loadavg()[0] ?? Number.NaN;
}

/** Seconds that a core was not idle since the start of the system; 0 if the system does not report them. */
export function readBusySeconds(core: number): number {
  const line = new RegExp(`^cpu${core} (.+)$`, 'm').exec(read('/proc/stat'))?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .split(' ')
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}

function versionOf(name: string): string {
  const path = new URL(`node_modules/${name}/package.json`, root);
  const { version }: { version: string } = JSON.parse(readFileSync(path, 'utf8')); // as npm writes it
  return version;
}

function currentCommit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const changes = git('status', '--porcelain', '--', 'src', 'migrations', 'views');
    return git('rev-parse', '--short', 'HEAD').trim() + (changes === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
