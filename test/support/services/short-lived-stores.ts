// Short-lived stores for tests, each with two connections as of two nodes, whose time the test advances.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createMemoryShortLived } from '#platform/short-lived/short-lived-memory.ts';
import { createPostgresShortLived } from '#platform/short-lived/short-lived-postgres.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { connectTo, createDatabase, createTestLog } from './databases.ts';
import { openInspector, openRedisStore, testRedisUrl } from './redis.ts';

/** The start of an hour and a day. */
const start = new Date('2030-01-01T00:00:00.900Z');

export interface Nodes {
  readonly one: ShortLivedStore;
  readonly other: ShortLivedStore;
  readonly now: () => Date;
  /** Advances `now`, and the time for all entries. */
  readonly pass: (seconds: number) => Promise<void>;
}

export async function openMemory(): Promise<Nodes> {
  let nowMs = start.getTime();
  const now = () => new Date(nowMs);
  const store = createMemoryShortLived({ now });
  const pass = async (seconds: number) => void (nowMs += seconds * 1000);
  return { one: store, other: store, now, pass };
}

export async function openPostgres(t: TestContext): Promise<Nodes> {
  let nowMs = start.getTime();
  const [url, now] = [await createDatabase(t), () => new Date(nowMs)];
  const open = async () => createPostgresShortLived({ db: await connectTo(t, url), now });
  const pass = async (seconds: number) => void (nowMs += seconds * 1000);
  return { one: await open(), other: await open(), now, pass };
}

export async function openRedis(t: TestContext): Promise<Nodes> {
  let nowMs = start.getTime();
  const url = testRedisUrl(`-${t.name.replaceAll(/\W+/g, '-').slice(0, 40)}`) ?? '';
  const log = createTestLog();
  const open = () => openRedisStore({ url, log });
  const [one, other] = await Promise.all([open(), open()]);
  const { client, prefix } = openInspector(t, url);
  t.after(() => Promise.all([one.close(), other.close()]));

  async function pass(seconds: number): Promise<void> {
    nowMs += seconds * 1000;
    for (const name of await client.keys(`${prefix}:*`)) {
      const leftMs = await client.pttl(name);
      assert.ok(leftMs > 0, `${name} has no expiry`);
      await client.pexpire(name, Math.max(0, leftMs - seconds * 1000));
    }
  }
  return { one, other, now: () => new Date(nowMs), pass };
}
