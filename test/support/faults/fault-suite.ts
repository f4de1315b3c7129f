// Two nodes with faulty storage: a dedicated Redis, and proxies to PostgreSQL and Redis that hang
// and disconnect. The invariants checked during and after a fault are in history.ts.
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Environment } from '#config/config.ts';
import { collectWorks, settable } from '#test/support/app.ts';
import { createDatabase, type CleanUp } from '#test/support/services/databases.ts';
import type { Login, RelyingParty } from '#test/support/actors/relying-party.ts';
import { openNetworkProxy } from './network-proxy.ts';
import { startNodes, type Node } from './nodes.ts';
import { startDedicatedRedis } from '#test/support/services/dedicated-redis.ts';

/** True under `npm run test:faults`, which runs more rounds and includes the slow faults. */
export const isLong = process.env['FAULTS'] === 'all';

/** The number of rounds in the short run and in the long one. */
export const turns = (short: number, long: number): number => (isLong ? long : short);

/**
 * Factor by which work may exceed its limit on a busy machine: 1 unless other processes compete
 * for the CPU. It applies to work only, not to timeouts.
 */
export const crowding = (): number => Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());

/** After a fault has ended, everything must work again within this time without a restart. */
const recoverySeconds = 10;

export interface FaultOptions {
  /** For slow tests, which `npm test` skips. */
  readonly onlyLong?: boolean;
  readonly count?: number;
  readonly settings?: Environment;
  /**
   * Puts Redis behind a proxy as well; by default the nodes connect to it directly, which is
   * faster.
   */
  readonly redisLine?: boolean;
  /** Returns the current database URL, instead of a database on the shared server. */
  readonly openDatabase?: (t: CleanUp) => Promise<() => string>;
  /** Returns the value of REDIS_URL, instead of a dedicated Redis, which is then not used. */
  readonly openRedis?: (t: CleanUp) => Promise<string>;
}

export type FaultRig = Awaited<ReturnType<typeof startFaultRig>>;

export async function startFaultRig(t: CleanUp, options: FaultOptions = {}) {
  const { count = 2, settings = {}, openDatabase = openOnRunsServer } = options;
  const works = collectWorks();
  t.after(works.run);
  const redis = await startDedicatedRedis(works);
  const redisLine = await openNetworkProxy(works, redis.dial);
  const databaseUrl = await openDatabase(works);
  const postgres = await openNetworkProxy(works, () => dialPostgres(databaseUrl()));
  const ownRedis = options.redisLine ? `redis://127.0.0.1:${redisLine.port}` : redis.url;
  const stores: Environment = {
    DATABASE_URL: urlThrough(databaseUrl(), postgres.port),
    REDIS_URL: (await options.openRedis?.(works)) ?? ownRedis,
  };
  const rig = await startNodes(works, { count, settings: { ...stores, ...settings } });

  const probe = await rig.relyingParty();

  /** Resolves when all nodes are ready again; rejects after the time limit. */
  async function recovers(): Promise<void> {
    const { url } = await probe.request();
    await until('good again', async () => {
      const good = await Promise.all(rig.nodes.map((node) => isGood(node, rig.issuer, url)));
      return good.every(Boolean);
    });
  }

  return {
    ...rig,
    redis,
    redisLine,
    postgres,
    stores,
    databaseUrl,
    recovers,
    /**
     * `login` for the arrangement of a test: on a busy machine a store may briefly appear
     * unavailable, which these tests are not about.
     */
    async login(rp: RelyingParty, ...how: Parameters<RelyingParty['login']>): Promise<Login> {
      return patiently(() => rp.login(...how), recovers);
    },
    async heal(): Promise<void> {
      postgres.heal();
      redisLine.heal();
      redis.thaw();
      await redis.start();
      await recovers();
    },
    /** Runs one statement on a direct connection, bypassing the application and the proxy. */
    sql: <Row extends object>(text: string, values: readonly unknown[] = []) =>
      query<Row>(databaseUrl(), text, values),
    statusOf: async (node: Node, path: string) => (await node.send(`${rig.issuer}${path}`)).status,
  };
}

/** Declares a suite with shared services; `rig()` is valid inside its tests. */
export function describeFault(
  fault: string,
  options: FaultOptions,
  suite: (rig: () => FaultRig) => void,
): void {
  if (options.onlyLong === true && !isLong) return;
  describe(fault, () => {
    const works = collectWorks();
    let started: FaultRig | undefined;
    before(async () => {
      started = await startFaultRig(works, options);
    });
    // A test that fails must not affect the others.
    afterEach(() => started?.heal());
    after(works.run);
    suite(() => {
      if (!started) throw new Error('The nodes are available only while tests run.');
      return started;
    });
  });
}

/** Maximum factor for a crowded machine; more would exceed the time limit of a test. */
const maxCrowding = 5;

/** Polls until the condition holds; rejects after the time limit, which a crowded machine extends. */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  seconds = recoverySeconds,
): Promise<void> {
  const begun = performance.now();
  const limit = seconds * Math.min(crowding(), maxCrowding);
  while (!(await condition())) {
    assert.ok(performance.now() - begun < limit * 1000, `${what}: not within ${limit.toFixed()} s`);
    await pause(20);
  }
}

/** Retries a few times after the fault has ended. */
export async function patiently<Result>(
  work: () => Promise<Result>,
  recovers: () => Promise<void>,
): Promise<Result> {
  for (let tries = 1; tries < 4; tries += 1) {
    try {
      return await work();
    } catch {
      await recovers();
    }
  }
  return work();
}

/** The duration in milliseconds, and the result. */
export async function timed<Result>(work: () => Promise<Result>) {
  const begun = performance.now();
  const result = await work();
  return { result, milliseconds: performance.now() - begun };
}

/**
 * True if the node reports ready (`degraded` is not enough) and can start a sign-in, which
 * involves every component.
 */
async function isGood({ send }: Node, issuer: string, signIn: URL): Promise<boolean> {
  const ready = await send(`${issuer}/health/ready`).catch(() => undefined);
  if (ready?.status !== 200 || !(await ready.text()).includes('"ready"')) return false;
  return (await send(signIn)).status === 303;
}

async function openOnRunsServer(t: CleanUp): Promise<() => string> {
  const url = settable(await createDatabase(t));
  return () => url;
}

function dialPostgres(databaseUrl: string): Socket {
  const { hostname, port, searchParams } = new URL(databaseUrl);
  const directory = searchParams.get('host');
  const number = port === '' ? 5432 : Number(port);
  return directory === null
    ? connect(number, hostname)
    : connect(join(directory, `.s.PGSQL.${number}`));
}

function urlThrough(databaseUrl: string, port: number): string {
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  url.searchParams.delete('host');
  return url.href;
}

async function query<Row extends object>(url: string, text: string, values: readonly unknown[]) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
