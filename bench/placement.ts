// Gives the measured server a processor core of its own, and everything else in the run the other cores.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findInPath } from '#test/support/services/programs.ts';

export interface Placement {
  /** The core of the server; `undefined` if processes are not bound to cores. */
  readonly serverCore: number | undefined;
  readonly otherCores: readonly number[];
}

/** Binds this process, and with it all processes that it starts later, to all cores but one. */
export function placeRun(): Placement {
  const [serverCore, ...otherCores] = allowedCores();
  if (!findInPath('taskset') || otherCores.length === 0 || serverCore === undefined) {
    return { serverCore: undefined, otherCores: [] };
  }
  const options = ['--all-tasks', '--cpu-list', '--pid', otherCores.join(','), `${process.pid}`];
  execFileSync('taskset', options, { stdio: 'ignore' });
  return { serverCore, otherCores };
}

/** The words before the command of a process that is to run on these cores. */
export function placedOn(cores: readonly (number | undefined)[]): readonly string[] {
  const known = cores.filter((core) => core !== undefined);
  return known.length === 0 ? [] : ['taskset', '--cpu-list', known.join(',')];
}

function allowedCores(): readonly number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  const [, list = '0'] = /^Cpus_allowed_list:\s+(\S+)$/m.exec(status) ?? [];
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  });
}
