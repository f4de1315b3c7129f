// What the server allocates for a request. It is measured in bytes, not in time: other load on the
// machine does not change it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import limits from '#bench/allocations/limits.json' with { type: 'json' };
import { measureAllocations } from '#bench/allocations/measure-allocations.ts';
import { createDatabase, redisUrl } from '#test/support/services/databases.ts';

describe('memory that a request allocates (bench/allocations/limits.json)', () => {
  const closing: (() => Promise<void>)[] = [];
  let measured: ReadonlyMap<string, number> = new Map();

  before(async () => {
    const t = { after: (work: () => Promise<void>) => void closing.unshift(work) };
    const stores = { databaseUrl: await createDatabase(t), redisUrl: redisUrl() };
    measured = await measureAllocations(t, stores, Object.keys(limits));
  });
  after(async () => {
    for (const work of closing) await work();
  });

  for (const [flow, limit] of Object.entries(limits)) {
    it(`stays below its limit: ${flow}`, () => {
      const kilobytes = measured.get(flow) ?? Number.NaN;

      assert.ok(kilobytes > 1 && kilobytes < limit, `${kilobytes.toFixed(0)} kB of ${limit} kB`);
    });
  }
});
