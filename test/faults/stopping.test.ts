// X16: a node is asked to stop while it works. What it has accepted it finishes; nobody notices.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startServer, type RunningServer } from '#test/commands/shell.ts';
import { createDirectory } from '#test/databases.ts';
import { cheapSettings } from '#test/app.ts';
import { offline } from '#test/outcomes.ts';
import type { RelyingParty } from '#test/relying-party.ts';
import { describeFault, timed, turns, type FaultRig } from '#test/rig/faults.ts';
import { createWire, type Send } from '#test/wire.ts';

const clients = 4;
const requestsBefore = 10;
const longestStopMs = 20_000;

describeFault('X16: SIGTERM under load', { count: 1 }, (rig) => {
  for (let turn = 1; turn <= turns(2, 20); turn += 1) {
    it(`fails no request (${turn})`, async (t) => {
      const { server, port } = await startAnother(t, rig());
      const rp = await rig().relyingParty();
      const balanced = await rp.through(balance(createWire(t, rig().issuer, port), rig()));
      const over = new AbortController();
      const work = Array.from({ length: clients }, () => refreshUntil(over.signal, balanced, rig()));
      const busy = await Promise.all(work.map(({ begun }) => begun));

      const { milliseconds } = await timed(() => server.stop());
      over.abort();
      const counts = await Promise.all(work.map(({ done }) => done));

      assert.equal(busy.length, clients);
      const total = counts.reduce((sum, count) => sum + count, 0);
      t.diagnostic(`${total} requests, none failed; stopped in ${milliseconds.toFixed()} ms`);
      assert.ok(milliseconds < longestStopMs);
      assert.match(server.log(), /"event":"server.stopped"/);
    });
  }
});

async function startAnother(
  t: Parameters<typeof startServer>[0],
  { issuer, stores, freePort }: FaultRig & { freePort: () => Promise<number> },
): Promise<{ server: RunningServer; port: number }> {
  const port = await freePort();
  const settings = {
    ...cheapSettings,
    ...stores,
    ISSUER: issuer,
    PORT: String(port),
    DATA_DIRECTORY: await createDirectory(t),
    LOG_LEVEL: 'info',
  };
  return { port, server: await startServer(t, defined(settings)) };
}
