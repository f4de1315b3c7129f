// A suite with running nodes, which start before its first test and stop after its last.
import { describe } from 'node:test';
import { shareInSuite } from '#test/support/app.ts';
import { startNodes, type Nodes, type NodesOptions } from './nodes.ts';

export function describeNodes(
  rule: string,
  options: NodesOptions,
  suite: (nodes: () => Nodes) => void,
): void {
  describe(rule, () => suite(shareInSuite((works) => startNodes(works, options))));
}
