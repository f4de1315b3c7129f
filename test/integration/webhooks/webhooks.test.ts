// Webhooks: which events are sent, signatures, retries, replays, and when a webhook is suspended.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import {
  startWebhookReceiver,
  verifyMessage,
  type ReceivedMessage,
} from '#test/support/steps/webhook-receiver.ts';
import { keptAttempts } from '#features/webhooks/webhook-attempts.store.ts';
import type { WebhookSettings } from '#features/webhooks/webhooks.ts';

const by = { kind: 'operator' } as const;
const threeDays = 3 * 24 * 60 * 60;

describeApp('webhooks', { settings: { OUTBOUND_ALLOW: '127.0.0.0/8' } }, (app) => {
  /** Seals the audit log, and delivers all messages that are due. */
  async function deliver(): Promise<void> {
    await app().services.auditChain.seal();
    await app().services.outboxWorker.deliverDue();
  }
  /** Makes the pending messages due. */
  async function retryNow(id: string): Promise<void> {
    const jobs = app().services.db.knex('outbox').where({ webhook_id: id });
    await jobs.update({ due_at: new Date(0) });
    await app().services.outboxWorker.deliverDue();
  }
  async function open(t: TestContext, settings: Partial<WebhookSettings> = {}) {
    const receiver = await startWebhookReceiver(t);
    const { webhookService } = app().services;
    await app().services.auditChain.seal();
    const created = await webhookService.create({ ...usual, url: receiver.url, ...settings }, by);
    t.after(() => webhookService.remove(created.id, by).catch(() => undefined));
    return { receiver, ...created };
  }
  const find = (id: string) => app().services.webhookService.find(id);

  it('sends an event as the audit API presents it, signed, without personal data', async (t) => {
    const { receiver, plainSecret } = await open(t, { events: ['user.blocked'] });
    const person = await app().createUser();
    await app().block(person.id);

    await deliver();

    const [message, ...others] = receiver.messages;
    assert.ok(message);
    assert.equal(others.length, 0);
    const sent = Object(verifyMessage(plainSecret, message));
    assert.deepEqual(Object.keys(sent), ['id', 'type', 'time', 'data']);
    assert.equal(sent.id, message.headers['webhook-id']);
    assert.equal(sent.type, 'user.blocked');
    assert.deepEqual([sent.data.user_id, sent.data.personal], [person.id, null]);
    assert.equal(typeof sent.data.seq, 'number');
    assert.equal(message.headers['content-type'], 'application/json');
    const other = `whsec_${Buffer.alloc(32).toString('base64')}`;
    assert.throws(() => verifyMessage(other, message));
  });

  it('sends personal data only to a webhook that asks for it', async (t) => {
    const events = ['sign_in.succeeded'] as const;
    const without = await open(t, { events });
    const full = await open(t, { events, personalData: true });
    await (await app().relyingParty()).login(await app().createUser());

    await deliver();

    assert.equal(personalOf(without.receiver.messages), null);
    assert.equal(Object(personalOf(full.receiver.messages)).address, '127.0.0.1');
    assert.equal(Object(personalOf(full.receiver.messages)).salt, undefined);
  });

  it('retries until the receiver accepts, with the same id and a new signature', async (t) => {
    const { receiver, id, plainSecret } = await open(t, { events: ['user.blocked'] });
    receiver.answer = 503;
    await app().block((await app().createUser()).id);
    await deliver();
    assert.ok((await find(id)).failingSince);
    receiver.answer = 204;

    await retryNow(id);

    const [first, second] = receiver.messages;
    assert.ok(first && second);
    assert.deepEqual([first.id, first.body], [second.id, second.body]);
    verifyMessage(plainSecret, second);
    assert.equal((await find(id)).failingSince, undefined);
    const { items } = await app().services.webhookAttempts.list(id, page);
    assert.deepEqual(
      items.map(({ status, attempt, error }) => [status, attempt, error]),
      [
        [204, 2, undefined],
        [503, 1, 'The endpoint responded with status 503.'],
      ],
    );
  });

  it('signs with both secrets during a rotation, and then with the new one only', async (t) => {
    const { receiver, id, plainSecret } = await open(t, { events: ['user.blocked'] });
    const { webhookService, webhookDelivery } = app().services;
    const rotated = await webhookService.rotateSecret(id, { by, overlapSeconds: 3600 });
    await webhookDelivery.test(id, by);
    const past = { previous_secret_expires_at: new Date(0) };
    await app().services.db.knex('webhooks').where({ id }).update(past);
    await webhookDelivery.test(id, by);

    const [during, after] = receiver.messages;
    assert.ok(during && after);
    for (const secret of [plainSecret, rotated.plainSecret]) verifyMessage(secret, during);
    verifyMessage(rotated.plainSecret, after);
    assert.throws(() => verifyMessage(plainSecret, after));
  });

  it('sends nothing to a disabled webhook, and a replay sends what it missed', async (t) => {
    const { receiver, id } = await open(t, { events: ['user.blocked'] });
    const { webhookService, webhookQueue } = app().services;
    const since = new Date();
    await webhookService.update(id, { isEnabled: false }, { by });
    await app().block((await app().createUser()).id);
    await deliver();
    assert.equal(receiver.messages.length, 0);
    await assert.rejects(webhookQueue.replaySince(id, since, by), { code: 'conflict' });
    await webhookService.update(id, { isEnabled: true }, { by });

    const replayed = await webhookQueue.replaySince(id, since, by);
    await deliver();
    const [message] = receiver.messages;
    await webhookQueue.replayEvent(id, message?.id ?? '', by);
    await deliver();

    assert.deepEqual(replayed, { queued: 1, nextSince: undefined });
    assert.deepEqual(
      receiver.messages.map((each) => each.id),
      [message?.id, message?.id],
    );
  });

  it('suspends a webhook that fails for days, and records that only in the audit log', async (t) => {
    const { receiver, id } = await open(t, { events: ['user.blocked'] });
    const witness = await open(t);
    receiver.answer = 500;
    await app().block((await app().createUser()).id);
    await deliver();
    const longAgo = new Date(Date.now() - threeDays * 1000);
    await app().services.db.knex('webhooks').where({ id }).update({ failing_since: longAgo });

    await retryNow(id);
    await deliver();

    assert.equal((await find(id)).disabledReason, 'failing');
    const { items } = await app().services.auditSearch.search(
      { event: 'webhook.suspended' },
      { after: undefined, limit: 1 },
    );
    assert.deepEqual(items[0]?.details, { webhook: id, cause: 'failing' });
    const types = witness.receiver.messages.map(({ type }) => type);
    assert.ok(types.includes('user.blocked'));
    assert.ok(!types.some((type) => type === 'webhook.suspended' || type === 'notice.undelivered'));
  });

  it('disables a webhook that responds with 410, and follows no redirect', async (t) => {
    const gone = await open(t, { events: ['user.blocked'] });
    const moved = await open(t, { events: ['user.blocked'] });
    gone.receiver.answer = 410;
    moved.receiver.answer = 307;
    await app().block((await app().createUser()).id);

    await deliver();

    assert.equal((await find(gone.id)).disabledReason, 'gone');
    assert.equal(moved.receiver.messages.length, 1);
    assert.ok((await find(moved.id)).failingSince);
  });

  it('does not let a webhook that hangs delay another one', async (t) => {
    const hanging = await open(t, { events: ['user.blocked'] });
    const well = await open(t, { events: ['user.blocked'] });
    hanging.receiver.answer = 'hanging';
    const count = 14;
    for (let user = 0; user < count; user += 1) await app().block((await app().createUser()).id);

    const delivering = deliver();
    await well.receiver.received('user.blocked', count);

    const waiting = hanging.receiver.messages.length;
    assert.ok(waiting > 0 && waiting <= 4, `${waiting} requests`);
    hanging.receiver.answer = 200;
    hanging.receiver.release();
    await delivering;
    assert.equal(hanging.receiver.messages.length, count);
  });

  it('keeps the most recent attempts only', async (t) => {
    const { id } = await open(t, { events: ['user.blocked'] });
    const { webhookAttempts, db } = app().services;
    const result = { type: 'webhook.test', attempt: 1, milliseconds: 1, status: 200 } as const;
    for (let second = 0; second < keptAttempts + 5; second += 1) {
      const about = { id: randomUUID(), messageId: randomUUID(), at: new Date(second * 1000) };
      await webhookAttempts.add(id, { ...result, ...about, error: undefined });
    }

    const rows: { at: Date }[] = await db.knex('webhook_attempts').where({ webhook_id: id });

    assert.equal(rows.length, keptAttempts);
    assert.equal(Math.min(...rows.map(({ at }) => at.getTime())), 5000);
  });

  it('queues no job without a webhook, and one per webhook and event', async (t) => {
    const count = async () => {
      const rows: unknown[] = await app().services.db.knex('outbox').where({ kind: 'webhook' });
      return rows.length;
    };
    const before = await count();
    await app().block((await app().createUser()).id);
    await app().services.auditChain.seal();
    assert.equal(await count(), before);
    await open(t, { events: ['user.blocked'] });
    await open(t, { events: ['user.blocked', 'user.unblocked'] });
    await app().block((await app().createUser()).id);

    await Promise.all([app().services.auditChain.seal(), app().services.auditChain.seal()]);

    assert.equal(await count(), before + 2);
  });
});

const page = { after: undefined, limit: 10 };

const usual = {
  url: '',
  description: undefined,
  events: undefined,
  personalData: false,
} satisfies WebhookSettings;

function personalOf([message]: readonly ReceivedMessage[]): unknown {
  return JSON.parse(message?.body ?? '').data.personal;
}
