// The trace collector is down, hangs or refuses: requests are as fast as before, memory does not grow, and
// the log reports it once a minute. Without traces, the SDK is not even loaded.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startNodes } from '#test/support/faults/nodes.ts';
import { sourceDirectory } from '#test/support/services/built-program.ts';

/** More spans than fit into the queue and several batches. */
const requests = 1500;

/** A port that accepts connections and never answers, or one on which nothing listens. */
async function aCollector(t: TestContext, kind: 'hangs' | 'is away'): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // A TCP server has an AddressInfo.
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  if (kind === 'hangs') t.after(close);
  else close();
  return `http://127.0.0.1:${port}`;
}

/** Code that a node runs on SIGUSR2: collects garbage and prints the size of the rest. */
const reportHeap =
  'import v8 from "node:v8";import vm from "node:vm";v8.setFlagsFromString("--expose-gc");' +
  'const gc=vm.runInNewContext("gc");process.on("SIGUSR2",()=>{gc();gc();' +
  'process.stderr.write(`HEAP ${process.memoryUsage().heapUsed}\\n`)})';

/** MiB in use after a garbage collection. */
async function heapOf(node: Awaited<ReturnType<typeof startNode>>['node']): Promise<number> {
  const reports = () => [...node.log().matchAll(/HEAP (\d+)/g)];
  const seen = reports().length;
  process.kill(pidOf(node.log()), 'SIGUSR2');
  while (reports().length === seen) await pause(50);
  return Number(reports().at(-1)?.[1]) / 1024 / 1024;
}

async function memoryOf(pid: number): Promise<number> {
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

async function startNode(t: TestContext, settings: Record<string, string>, code?: string) {
  const nodes = await startNodes(t, {
    count: 1,
    settings: { LOG_LEVEL: 'info', RATE_LIMITS: 'off', ...settings },
    ...(code === undefined ? {} : { code }),
  });
  const node = nodes.at(0);
  return {
    node,
    async load(): Promise<number> {
      const times: number[] = [];
      for (let sent = 0; sent < requests; sent += 20) {
        const startedAt = performance.now();
        await Promise.all(
          Array.from({ length: 20 }, async () =>
            (await node.send(`${nodes.issuer}/auth/sign-in`)).arrayBuffer(),
          ),
        );
        times.push(performance.now() - startedAt);
      }
      return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    },
  };
}

/** The process id is in every line of the log. */
function pidOf(log: string): number {
  return Number(/"pid":(\d+)/.exec(log)?.[1]);
}

describe('a collector that', { timeout: 300_000 }, () => {
  for (const kind of ['hangs', 'is away'] as const) {
    it(`${kind} delays no request, fills no memory and causes one warning`, async (t) => {
      const startedAt = performance.now();
      const { node, load } = await startNode(t, {
        OTEL_EXPORTER_OTLP_ENDPOINT: await aCollector(t, kind),
        OTEL_BSP_SCHEDULE_DELAY: '100',
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(reportHeap)}`,
      });
      await load();
      const before = await heapOf(node);
      const median = await load();
      const after = await heapOf(node);
      while (!node.log().includes('traces.lost')) await pause(100);

      t.diagnostic(
        `20 requests in ${median.toFixed(1)} ms, ${(after - before).toFixed(1)} MiB more`,
      );
      assert.ok(median < 2000, `${median} ms`);
      assert.ok(after - before < 10, `${before} MiB became ${after} MiB`);
      const warnings = node.log().split('"traces.lost"').length - 1;
      const minutes = Math.ceil((performance.now() - startedAt) / 60_000);
      assert.ok(warnings <= minutes, `${warnings} warnings in ${minutes} minutes`);
    });
  }
});

describe('the SDK of OpenTelemetry', { timeout: 120_000 }, () => {
  it('is loaded only with OTEL_EXPORTER_OTLP_ENDPOINT, and costs memory only then', async (t) => {
    // Lists the loaded modules of OpenTelemetry on the standard error of the process.
    const list =
      'import{createRequire}from"node:module";process.once("SIGUSR2",()=>{' +
      'const loaded=Object.keys(createRequire("file:///").cache).filter((f)=>f.includes("/@opentelemetry/"));' +
      'process.stderr.write(`LOADED ${JSON.stringify(loaded)}\\n`)})';
    const preload = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(list)}` };
    const facts = async (settings: Record<string, string>) => {
      const { node } = await startNode(t, { ...preload, ...settings }, sourceDirectory);
      const pid = pidOf(node.log());
      process.kill(pid, 'SIGUSR2');
      while (!node.log().includes('LOADED ')) await pause(50);
      const [, found = '[]'] = /LOADED (.*)/.exec(node.log()) ?? [];
      const modules: readonly string[] = JSON.parse(found);
      return { modules, memory: await memoryOf(pid) };
    };

    const off = await facts({});
    const on = await facts({ OTEL_EXPORTER_OTLP_ENDPOINT: await aCollector(t, 'is away') });

    t.diagnostic(
      `idle: ${off.memory.toFixed(0)} MiB without traces, ${on.memory.toFixed(0)} MiB with`,
    );
    assert.deepEqual(off.modules, []);
    assert.ok(
      on.modules.some((path) => path.includes('/sdk-trace/')),
      String(on.modules),
    );
  });
});
