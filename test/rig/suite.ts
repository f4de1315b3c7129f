// A suite over running nodes: they start before its first test and are gone after its last.
import { after, before, describe } from 'node:test';
import { collectWorks } from '#test/app.ts';
import { startNodes, type Nodes, type NodesOptions } from './nodes.ts';

/** `nodes()` is for use inside the suite's tests, which share them. */
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
      if (!started) throw new Error('The nodes are there only while tests run.');
      return started;
    });
  });
}
