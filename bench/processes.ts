// Reads memory, processor time and children of other processes of this run. Linux only, because it
// reads /proc.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';

/** Unit of processor time in /proc (USER_HZ); 100 on every Linux that Node.js supports. */
const ticksPerSecond = 100;

export function readResidentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/**
 * Processor time of the process since its start, with all its threads and with the children that it has
 * waited for, so that the sum over a tree includes the time of a process that has ended. 0 for a process
 * that has ended.
 */
export function readCpuSeconds(pid: number): number {
  try {
    const times = readStat(pid).slice(11, 15).map(Number);
    return times.reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond;
  } catch {
    return 0;
  }
}

const nanosecondsPerSecond = 1e9;

/**
 * Processor time of the threads that the process has now, to the microsecond: `readCpuSeconds` counts in
 * hundredths of a second, which is too coarse for a few requests.
 */
export function readThreadSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const times = threads.map((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'),
  );
  return times.reduce((sum, text) => sum + Number.parseInt(text, 10), 0) / nanosecondsPerSecond;
}

/** The process and all its descendants. */
export function listTree(pid: number): readonly number[] {
  const parents = new Map(readdirSync('/proc').flatMap(parentOf));
  const tree = [pid];
  for (const parent of tree) {
    for (const [child, itsParent] of parents) if (itsParent === parent) tree.push(child);
  }
  return tree;
}

/** The descendants of `pid` whose command line matches. */
export function findProcesses(pid: number, pattern: RegExp): readonly number[] {
  return listTree(pid).filter((each) => pattern.test(readCommand(each)));
}

/** A free TCP port of this machine. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    // Sound: the server listens on a port, not on a pipe.
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

function parentOf(name: string): readonly (readonly [child: number, parent: number])[] {
  if (!/^\d+$/.test(name)) return [];
  try {
    return [[Number(name), Number(readStat(Number(name))[1])]];
  } catch {
    return []; // It has ended meanwhile.
  }
}

/** The fields after the program name, which may contain any character: state, parent, ... */
function readStat(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
