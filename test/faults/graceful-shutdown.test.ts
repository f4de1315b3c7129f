// A node receives SIGTERM under load. It completes every request that it has accepted.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { cheapSettings } from '#test/support/app.ts';
import { startServer } from '#test/support/cli/shell.ts';
import { createDirectory } from '#test/support/services/databases.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';
import {
  describeFault,
  timed,
  turns,
  until,
  type FaultRig,
} from '#test/support/faults/fault-suite.ts';
import { createHttpClient, type Send } from '#test/support/actors/http-client.ts';
import { findFreePort } from '#test/support/services/free-ports.ts';

const clients = 4;
/** Requests of each client before the node receives SIGTERM. */
const requestsBefore = 10;
const maxStopMs = 20_000;
/** The node continues to serve for longer than this after SIGTERM. */
const probeMilliseconds = 200;

describeFault('SIGTERM under load', { count: 1 }, (rig) => {
  it('does not fail any request, even repeatedly', async (t) => {
    const rp = await rig().relyingParty();

    for (let turn = 0; turn < turns(2, 10); turn += 1) {
      const { server, send } = await startAnother(t, rig());
      const balanced = await rp.through(balance(t, send, rig()));
      const refreshing = Array.from({ length: clients }, () => keepRefreshing(balanced, rig()));
      await until('busy', async () => refreshing.every(({ count }) => count() >= requestsBefore));

      const { milliseconds } = await timed(() => server.stop());
      const counts = await Promise.all(refreshing.map(({ stop }) => stop()));

      const total = counts.reduce((sum, count) => sum + count, 0);
      t.diagnostic(`${total} refreshes, none failed; stopped in ${milliseconds.toFixed()} ms`);
      assert.ok(milliseconds < maxStopMs);
      assert.match(server.log(), /"event":"server.stopped"/);
    }
  });
});

async function startAnother(t: TestContext, { issuer, stores }: FaultRig) {
  const port = await findFreePort();
  const settings: Record<string, string> = { LOG_LEVEL: 'info' };
  const given = { ...cheapSettings, ...stores, ISSUER: issuer, PORT: String(port) };
  for (const [name, value] of Object.entries(given)) if (value) settings[name] ??= value;
  settings['DATA_DIRECTORY'] = await createDirectory(t);
  return { server: await startServer(t, settings), send: createHttpClient(t, issuer, port) };
}

/** Like a proxy, polls the readiness of a node and uses the node while it is ready. */
function balance(t: TestContext, first: Send, { issuer, at }: FaultRig): Send {
  const over = new AbortController();
  t.after(() => over.abort());
  let isUsed = true;

  async function look(): Promise<void> {
    while (isUsed && !over.signal.aborted) {
      const answer = await first(`${issuer}/health/ready`).catch(() => undefined);
      isUsed = answer?.status === 200;
      await pause(probeMilliseconds);
    }
  }

  void look();
  return (url, request) => (isUsed ? first : at(0).send)(url, request);
}

/** Sends one request after another on a keep-alive connection; `stop` throws any failure. */
function keepRefreshing(rp: RelyingParty, rig: FaultRig) {
  const over = new AbortController();
  let count = 0;
  const work = (async () => {
    let { refreshToken } = await rig.login(rp, await rig.createUser(), offline);
    while (!over.signal.aborted) {
      const answer = await rp.tryRefresh(refreshToken);
      assert.equal(answer.status, 200, answer.text);
      refreshToken = String(answer.body['refresh_token']);
      count += 1;
    }
    return count;
  })();
  work.catch(() => undefined);
  return {
    count: () => count,
    stop(): Promise<number> {
      over.abort();
      return work;
    },
  };
}
