// Invalidation between nodes: when one node revokes access, the others drop their cached subject
// status at once. The clocks of the nodes do not advance in this test, so no cache entry can
// expire by age.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createRevocationStore } from '#core/revocation/revocation.store.ts';
import { openServices, type Services } from '#server/composition.ts';
import { readConfig } from '#config/config.ts';
import { cheapSettings, settable } from '#test/support/app.ts';
import { aUser, noon } from '#test/support/data/builders.ts';
import {
  administer,
  createDatabase,
  createDirectory,
  createTestLog,
  redisUrl,
} from '#test/support/services/databases.ts';
import { startRedisProxy } from '#test/support/services/redis.ts';
import { startPatiently } from '#test/support/services/start-patiently.ts';

const operator = { kind: 'operator' } as const;
const order = { reason: 'a test', by: operator };

interface Together {
  readonly databaseUrl: string;
  readonly sender: Services;
  readonly receiver: Services;
}

/** Two nodes of one services; the second node receives the invalidation. */
async function openTwo(t: TestContext, redis: string | undefined): Promise<Together> {
  const databaseUrl = await createDatabase(t);
  const directory = await createDirectory(t);
  const open = async () => {
    const config = readConfig({
      ...cheapSettings,
      ISSUER: 'https://id.example',
      DATABASE_URL: settable(databaseUrl),
      DATA_DIRECTORY: directory,
      ...(redis === undefined ? {} : { REDIS_URL: redis }),
    });
    const services = await startPatiently(() =>
      openServices({
        config,
        log: createTestLog(),
        now: () => noon,
      }),
    );
    t.after(() => services.close());
    return services;
  };
  const sender = await open();
  const receiver = await open();
  const listening = receiver.invalidation.listen();
  t.after(() => listening.close());
  return { databaseUrl, sender, receiver };
}

async function createUser({ users }: Services): Promise<string> {
  const user = aUser();
  await users.insert(user);
  return user.id;
}

async function isBlockedAt({ subjectStatus }: Services, userId: string): Promise<boolean> {
  const ids = { userId, grantId: undefined, sessionUid: undefined };
  return (await subjectStatus.loadCached(ids)).user?.blockedAt !== undefined;
}

/** Polls until the condition holds; the timeout of the test run ends a wait that never succeeds. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(5);
}

/**
 * Blocks users until the second node receives an invalidation, which shows that its subscription
 * is active.
 */
async function isReceived({ sender, receiver }: Together): Promise<boolean> {
  const userId = await createUser(sender);
  assert.equal(await isBlockedAt(receiver, userId), false);
  await sender.blocking.blockUser({ userId, ...order });
  await pause(20);
  return isBlockedAt(receiver, userId);
}

async function assertReceived(together: Together): Promise<void> {
  const { sender, receiver } = together;
  await eventually(() => isReceived(together));
  const userId = await createUser(sender);
  assert.equal(await isBlockedAt(receiver, userId), false);

  await sender.blocking.blockUser({ userId, ...order });

  await eventually(() => isBlockedAt(receiver, userId));
}

describe('invalidation of a cached subject status after a user is blocked', () => {
  it('reaches another node through Redis', async (t) => {
    await assertReceived(await openTwo(t, redisUrl()));
  });

  it('reaches another node through PostgreSQL while Redis is unavailable', async (t) => {
    const proxy = await startRedisProxy(t, redisUrl());
    const together = await openTwo(t, proxy.url);

    proxy.cut();

    await assertReceived(together);
  });

  it('reaches another node through PostgreSQL when no Redis is configured', async (t) => {
    await assertReceived(await openTwo(t, undefined));
  });

  it('reaches another node after its connection was interrupted', async (t) => {
    const together = await openTwo(t, undefined);
    const { databaseUrl, sender, receiver } = together;
    await eventually(() => isReceived(together));
    const userId = await createUser(sender);
    assert.equal(await isBlockedAt(receiver, userId), false);

    await administer(
      databaseUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'ostiary changes'`,
    );
    await sender.blocking.blockUser({ userId, ...order });

    await eventually(() => isBlockedAt(receiver, userId));
  });
});

describe('handling of an invalidation message', () => {
  it('keeps the cached status of other users', async (t) => {
    const together = await openTwo(t, redisUrl());
    const { sender, receiver } = together;
    await eventually(() => isReceived(together));
    const [userId, other] = [await createUser(sender), await createUser(sender)];
    await isBlockedAt(receiver, userId);
    await isBlockedAt(receiver, other);
    const before = receiver.db.statements();

    await sender.blocking.blockUser({ userId, ...order });
    await eventually(() => isBlockedAt(receiver, userId));
    const asked = receiver.db.statements();
    await isBlockedAt(receiver, other);

    assert.ok(asked > before);
    assert.equal(receiver.db.statements(), asked);
  });

  it('clears the whole cache when the message is malformed', async (t) => {
    const together = await openTwo(t, undefined);
    const { databaseUrl, sender, receiver } = together;
    await eventually(() => isReceived(together));
    const userId = await createUser(sender);
    await isBlockedAt(receiver, userId);
    await createRevocationStore(sender.db).blockUser(
      userId,
      { reason: 'a test', until: undefined, by: 'operator' },
      noon,
      sender.db.knex,
    );

    await administer(databaseUrl, `select pg_notify('ostiary_changes', '{"userId')`);

    await eventually(() => isBlockedAt(receiver, userId));
  });
});
