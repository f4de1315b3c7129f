// The worker processes of a node.
import { readFileSync } from 'node:fs';

/** The process ids of the children that run the server, ascending. */
export function workersOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children
    .split(' ')
    .filter(Boolean)
    .map(Number)
    .toSorted((a, b) => a - b);
}
