// A node with several workers receives SIGHUP under load: every worker is replaced, and no request
// fails.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Send } from '#test/support/actors/http-client.ts';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { until } from '#test/support/faults/fault-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { workersOf } from '#test/support/faults/worker-processes.ts';
import { offline } from '#test/support/data/outcomes.ts';

const workers = 2;
const settings = { WORKERS: String(workers), LOG_LEVEL: 'info', STOP_SECONDS: '5' };
const seconds = 90;

describeNodes('SIGHUP', { count: 1, settings }, (nodes) => {
  it('replaces each worker without a failed request and without reporting the node as unready', async (t) => {
    const node = nodes().at(0);
    const former = workersOf(node.pid());
    assert.equal(former.length, workers);
    const rp = await nodes().relyingParty();
    const loads = await Promise.all(Array.from({ length: 3 }, () => keepBusy(rp, nodes())));
    const ready = keepAsking(t, node.send, `${nodes().issuer}/health/ready`);

    process.kill(node.pid(), 'SIGHUP');
    await until('replaced', async () => node.log().includes('"workers.replaced"'), seconds);

    const counts = await Promise.all(loads.map(({ stop }) => stop()));
    assert.ok(counts.every((count) => count > 0));
    assert.deepEqual(await ready.stop(), [200]);
    const current = workersOf(node.pid());
    assert.equal(current.length, workers);
    assert.deepEqual(
      current.filter((pid) => former.includes(pid)),
      [],
    );
    assert.doesNotMatch(node.log(), /worker\.ended/);
    t.diagnostic(`${counts.reduce((sum, count) => sum + count, 0)} requests, none failed`);
  });
});

/** Refreshes continuously, and starts a sign-in each time; `stop` throws any failure. */
async function keepBusy(rp: RelyingParty, nodes: Nodes) {
  const over = new AbortController();
  let { refreshToken } = await rp.login(await nodes.createUser(), offline);
  let count = 0;
  const work = (async () => {
    while (!over.signal.aborted) {
      const answer = await rp.tryRefresh(refreshToken);
      assert.equal(answer.status, 200, answer.text);
      refreshToken = String(answer.body['refresh_token']);
      const { url } = await rp.request();
      const page = await nodes.browser().open(url);
      assert.equal(page.status, 200);
      count += 2;
    }
    return count;
  })();
  work.catch(() => undefined);
  return {
    stop(): Promise<number> {
      over.abort();
      return work;
    },
  };
}

/** The distinct statuses of the endpoint, until it is stopped. */
function keepAsking(t: TestContext, send: Send, url: string) {
  const over = new AbortController();
  t.after(() => over.abort());
  const statuses = new Set<number>();
  const work = (async () => {
    while (!over.signal.aborted) {
      statuses.add((await send(url)).status);
      await pause(50);
    }
    return [...statuses];
  })();
  work.catch(() => undefined);
  return {
    stop(): Promise<readonly number[]> {
      over.abort();
      return work;
    },
  };
}
