import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobHandler } from '#core/outbox/worker.service.ts';
import { connectTo, createDatabase, type CleanUp } from '#test/support/services/databases.ts';
import { aLogout, aNode } from '#test/support/data/outbox-worker.ts';

describe('several outbox workers on one PostgreSQL', () => {
  it('share the jobs and send nothing twice', async (t) => {
    const { nodes, sent, busiest } = await twoNodes(t);
    const orders = Array.from({ length: 200 }, () => aLogout());

    await nodes[0].outbox.add(orders);
    await Promise.all(nodes.map(({ outboxWorker }) => outboxWorker.deliverDue()));

    const all = sent.flat();
    assert.equal(all.length, 200);
    assert.equal(new Set(all).size, 200);
    assert.ok(sent.every((share) => share.length > 0));
    assert.ok(Math.max(...busiest) <= 12);
  });
});

describe('a client that does not respond', () => {
  it('occupies few slots, so that notifications of other clients continue', async (t) => {
    const db = await connectTo(t, await createDatabase(t));
    const { outboxWorker, outbox } = aNode(db);
    const stop = new AbortController();
    const hanging: string[] = [];
    const others = Promise.withResolvers<void>();
    let told = 0;
    outboxWorker.registerHandler('backchannel_logout', async ({ clientId }, { signal }) => {
      if (clientId === 'hangs') {
        hanging.push(clientId);
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        });
      }
      told += 1;
      if (told === 30) others.resolve();
    });
    await outbox.add(Array.from({ length: 50 }, () => aLogout('hangs')));
    await outbox.add(Array.from({ length: 30 }, () => aLogout()));
    const running = outboxWorker.runForever(stop.signal);

    await others.promise;
    const atOnce = hanging.length;
    stop.abort();
    await running;

    assert.equal(atOnce, 4);
  });
});

async function twoNodes(t: CleanUp) {
  const url = await createDatabase(t);
  const nodes = [aNode(await connectTo(t, url)), aNode(await connectTo(t, url))] as const;
  const sent: string[][] = [[], []];
  const busiest = [0, 0];
  for (const [at, { outboxWorker }] of nodes.entries()) {
    let underWay = 0;
    const courier: JobHandler<'backchannel_logout'> = async ({ clientId }) => {
      underWay += 1;
      busiest[at] = Math.max(busiest[at] ?? 0, underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      sent[at]?.push(clientId);
      underWay -= 1;
    };
    outboxWorker.registerHandler('backchannel_logout', courier);
  }
  return { nodes, sent, busiest };
}
