import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tables } from '#server/modules.ts';
import { maxAttempts, Undeliverable } from '#core/outbox/outbox.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { StoredMail } from '#core/outbox/mail/mail.ts';
import type { LogoutOrder } from '#core/outbox/outbox.service.ts';
import { createExpiredRowStore } from '#features/cleanup/expired-rows.store.ts';
import { later, noon } from '#test/support/data/builders.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';
import { aLogout, aMail, aNode } from '#test/support/data/outbox-worker.ts';

const day = 24 * 60 * 60;

async function row(db: Database, clientId: string) {
  const found: Record<string, unknown> | undefined = await db
    .knex('outbox')
    .where({ client_id: clientId })
    .first();
  return found ?? {};
}

describeOnEachKind('outbox worker', (database) => {
  it('sends a job once and then deletes its contents', async () => {
    const { outboxWorker, outbox } = aNode(database());
    const sent: LogoutOrder[] = [];
    outboxWorker.registerHandler('backchannel_logout', async (order) => void sent.push(order));
    const order = aLogout();

    await outbox.add([order]);
    await outboxWorker.deliverDue();
    await outboxWorker.deliverDue();

    assert.deepEqual(sent, [order]);
    const { sealed, sent_at } = await row(database(), order.clientId);
    assert.deepEqual([sealed, sent_at], ['', noon]);
  });

  it('passes each job to the handler of its kind', async () => {
    const handled: string[] = [];
    const { outboxWorker, outbox } = aNode(database(), undefined, [
      { kind: 'mail', handle: async ({ to }) => void handled.push(to) },
      { kind: 'backchannel_logout', handle: async ({ clientId }) => void handled.push(clientId) },
    ]);

    await outbox.add([aMail('kinds@example.com'), aLogout('kinds')]);
    await outboxWorker.deliverDue();

    assert.deepEqual(handled.toSorted(), ['kinds', 'kinds@example.com']);
  });

  it('keeps a job queued while its kind has no handler', async () => {
    const { outboxWorker, outbox } = aNode(database());
    const mails: StoredMail[] = [];
    const order = aMail('late@example.com');

    await outbox.add([order]);
    await outboxWorker.deliverDue();
    outboxWorker.registerHandler('mail', async (mail) => void mails.push(mail));
    await outboxWorker.deliverDue();

    assert.deepEqual(mails, [order]);
  });

  it('retries with increasing delays, then gives up and writes an audit entry', async () => {
    const { clock, outboxWorker, outbox } = aNode(database());
    let attempts = 0;
    outboxWorker.registerHandler('backchannel_logout', async () => {
      attempts += 1;
      throw new Error('no answer from ann@example.com');
    });
    const order = aLogout();
    await outbox.add([order]);

    for (let minute = 0; minute < 30 * 60; minute += 10) {
      await outboxWorker.deliverDue();
      clock.now = later(600, clock.now);
    }

    assert.equal(attempts, maxAttempts);
    const { dead_at, last_error } = await row(database(), order.clientId);
    assert.ok(dead_at);
    assert.match(String(last_error), /no answer from \[masked\]@example\.com/);
    const audited = await database()
      .knex('audit_events')
      .where({ event: 'notice.undelivered', client_id: order.clientId });
    assert.equal(audited.length, 1);
  });

  it('gives up at once if a job is undeliverable', async () => {
    const { outboxWorker, outbox } = aNode(database());
    outboxWorker.registerHandler('backchannel_logout', async () => {
      throw new Undeliverable('the app is gone');
    });
    const order = aLogout();

    await outbox.add([order]);
    await outboxWorker.deliverDue();

    assert.ok((await row(database(), order.clientId))['dead_at']);
  });

  it('shows a failed attempt as an error in traces, and a delivered job as none', async () => {
    const { clock, outboxWorker, outbox, failures } = aNode(database());
    const gone = new Error('the app does not answer');
    const attempts = [() => Promise.reject(gone), () => Promise.resolve()];
    outboxWorker.registerHandler('backchannel_logout', async () => attempts.shift()?.());

    await outbox.add([aLogout()]);
    await outboxWorker.deliverDue();
    clock.now = later(600);
    await outboxWorker.deliverDue();

    assert.deepEqual([attempts.length, failures], [0, [gone]]);
  });

  it('retries a job on another node if its node has crashed', async () => {
    const [dying, living] = [aNode(database()), aNode(database())];
    const sent: string[] = [];
    living.outboxWorker.registerHandler(
      'backchannel_logout',
      async ({ clientId }) => void sent.push(clientId),
    );
    const order = aLogout();
    await dying.outbox.add([order]);
    const wish = { at: noon, until: later(60), except: [] };
    await dying.store.claim({ ...wish, kinds: ['backchannel_logout'] });

    await living.outboxWorker.deliverDue();
    const atOnce = [...sent];
    living.clock.now = later(60);
    await living.outboxWorker.deliverDue();

    assert.deepEqual([atOnce, sent], [[], [order.clientId]]);
  });

  it('ignores a result that a node reports too late', async () => {
    const { store, outbox } = aNode(database());
    const order = aLogout();
    await outbox.add([order]);
    const kinds = ['backchannel_logout'] as const;
    const slow = await store.claim({ at: noon, until: later(60), kinds, except: [] });
    const quick = await store.claim({ at: later(61), until: later(121), kinds, except: [] });
    assert.ok(slow && quick);

    await store.retryAt(slow, later(3600), 'too slow');
    const buried = await store.bury(slow, later(70), 'too slow');

    const { claimed_until, due_at, dead_at } = await row(database(), order.clientId);
    assert.deepEqual([claimed_until, due_at, dead_at, buried], [later(121), noon, null, false]);
  });

  it('sends a job as soon as its transaction commits, and not if it is rolled back', async () => {
    const { outbox } = aNode(database());
    const heard: string[] = [];
    outbox.whenAdded(() => void heard.push('added'));

    const during = await database().transaction(async (tx) => {
      await outbox.add([aLogout()], tx);
      return [...heard];
    });
    const undone = database().transaction(async (tx) => {
      await outbox.add([aLogout()], tx);
      throw new Error('rolled back');
    });
    await assert.rejects(undone);
    await new Promise(setImmediate);

    assert.deepEqual([during, heard], [[], ['added']]);
  });

  it('starts a job of this process after the request that added it has gone on', async (t) => {
    const order: string[] = [];
    const { promise: handled, resolve } = Promise.withResolvers<void>();
    const { outboxWorker, outbox } = aNode(database(), undefined, [
      {
        kind: 'mail',
        handle: async () => {
          order.push('mail');
          resolve();
        },
      },
    ]);
    const stopped = new AbortController();
    const running = outboxWorker.runForever(stopped.signal);
    t.after(async () => {
      stopped.abort();
      await running;
    });
    // The first poll, of what earlier processes have left.
    await outboxWorker.deliverDue();

    await outbox.add([aMail('woken@example.com')]);
    setImmediate(() => order.push('response'));
    await handled;

    assert.deepEqual(order, ['response', 'mail']);
  });

  it('keeps finished jobs for some time, and gives up mail that was never sent', async () => {
    const { outboxWorker, outbox } = aNode(database());
    const expired = createExpiredRowStore(database(), tables);
    outboxWorker.registerHandler('backchannel_logout', async ({ sid }) => {
      if (sid === undefined) throw new Undeliverable('gone');
    });
    const [arrived, lost] = [aLogout(), { ...aLogout(), sid: undefined }];
    const waiting = aMail('nobody@example.com');
    await outbox.add([arrived, lost, waiting]);
    await outboxWorker.deliverDue();

    const left = async (days: number) => {
      await expired.removeBatch(later(days * day + 1));
      const [first, second] = await Promise.all(
        [arrived, lost].map(({ clientId }) => row(database(), clientId)),
      );
      const mail = await database().knex('outbox').where({ user_id: waiting.userId }).first();
      return {
        arrived: Boolean(first?.['id']),
        lost: Boolean(second?.['id']),
        mailWaits: mail?.dead_at === null,
      };
    };

    assert.deepEqual(await left(6), { arrived: true, lost: true, mailWaits: true });
    assert.deepEqual(await left(7), { arrived: false, lost: true, mailWaits: false });
    assert.deepEqual(await left(90), { arrived: false, lost: false, mailWaits: false });
  });
});
