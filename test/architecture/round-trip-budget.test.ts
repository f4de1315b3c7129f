// The cost of a request in counted operations, which are the same on every machine.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { countFlows } from '#bench/budget/count-flows.ts';
import type { Results } from '#bench/budget/counters.ts';
import { budgetedFlows, judge } from '#bench/budget/judge.ts';
import { createDatabase, createTestLog, redisUrl } from '#test/support/services/databases.ts';

describe('cost of a request (bench/budget.json)', () => {
  const closing: (() => Promise<void>)[] = [];
  let counted: ReadonlyMap<string, Results> = new Map();

  before(async () => {
    const t = { after: (work: () => Promise<void>) => void closing.unshift(work) };
    const databaseUrl = await createDatabase(t);
    counted = await countFlows(t, { databaseUrl, redisUrl: redisUrl(), log: createTestLog() });
  });
  after(async () => {
    for (const work of closing) await work();
  });

  it('is recorded for every flow', () => {
    assert.deepEqual([...counted.keys()].toSorted(), budgetedFlows.toSorted());
  });

  for (const name of budgetedFlows) {
    it(`has not increased: ${name}`, () => {
      const tally = counted.get(name);
      assert.ok(tally, 'the flow was not counted');

      const { growth } = judge(name, tally);

      assert.deepEqual(growth, [], `sent: ${tally.sent.join(', ')}`);
    });
  }
});
