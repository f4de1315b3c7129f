// What named statements leave in memory for the next full garbage collection. The file has a process to itself,
// because everything else in the process would count, too (docs/decisions/0064).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { getHeapSpaceStatistics } from 'node:v8';
import type { Database } from '#platform/database/postgres.ts';
import { connectTo, createDatabase } from '#test/support/services/databases.ts';

const text = `
  select 7::integer as number, 'text' as words, '2026-02-03 04:05:06.789+00'::timestamptz as at,
         '\\x00ff'::bytea as bytes, '{"a": [1]}'::jsonb as document`;

const callers = 8;
const statementsOfCaller = 500;
const batches = 3;
const maxBytes = 2_000;

it('named statements leave little to the next full garbage collection', async (t) => {
  const db = await connectTo(t, await createDatabase(t), { poolSize: 4 });
  await runMany(db);

  const left: number[] = [];
  while (left.length < batches) {
    const before = oldBytes();
    await runMany(db);
    left.push((oldBytes() - before) / (callers * statementsOfCaller));
  }

  // pg's own queries leave 3,200 bytes of each; this server's left 6 to 870, because V8 decides in each process
  // which objects it places in the old generation at once.
  assert.ok(Math.min(...left) < maxBytes, `${left.join(', ')} bytes of each`);
});

async function runMany(db: Database): Promise<void> {
  const statement = { name: 'test_many', text };
  const runInTurn = async () => {
    for (let done = 0; done < statementsOfCaller; done += 1) await db.run(statement, []);
  };
  await Promise.all(Array.from({ length: callers }, runInTurn));
}

function oldBytes(): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => name === 'old_space')
    .reduce((sum, { space_used_size: size }) => sum + size, 0);
}
