// A suite with running nodes, which start before its first test and stop after its last.
import { after, before, describe } from 'node:test';
import { collectWorks } from '#test/support/app.ts';
import { startNodes, type Nodes, type NodesOptions } from './nodes.ts';

/** `nodes()` is valid inside the tests of the suite, which share the nodes. */
export function describeNodes(
  rule: string,
  options: NodesOptions,
  suite: (nodes: () => Nodes) => void,
): void {
  describe(rule, () => {
    const works = collectWorks();
    let started: Nodes | undefined;
    before(async () => {
      started = await startNodes(works, options);
    });
    after(works.run);
    suite(() => {
      if (!started) throw new Error('The nodes are available only while tests run.');
      return started;
    });
  });
}
