// When a webhook whose receiver is busy gets its next message.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { startWebhookReceiver } from '#test/support/steps/webhook-receiver.ts';

const by = { kind: 'operator' } as const;

describeApp('the next attempt', { settings: { OUTBOUND_ALLOW: '127.0.0.0/8' } }, (app) => {
  it('waits as long as a busy receiver asks, and at most twelve hours', async (t) => {
    const receiver = await startWebhookReceiver(t);
    const settings = {
      events: ['user.blocked'],
      description: undefined,
      personalData: false,
    } as const;
    const { services } = app();
    const { id } = await services.webhookService.create({ ...settings, url: receiver.url }, by);
    const dueAfter = async (): Promise<number> => {
      const before = Date.now();
      await app().block((await app().createUser()).id);
      await services.auditChain.seal();
      await services.outboxWorker.deliverDue();
      const jobs = services.db.knex('outbox').where({ webhook_id: id }).whereNull('sent_at');
      const [row] = await jobs.orderBy('created_at', 'desc').limit(1);
      return (row.due_at.getTime() - before) / 1000;
    };
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    const answers: readonly (readonly [number, string, min: number, max: number])[] = [
      [503, '600', 600, 620],
      [429, inAnHour, 3_500, 3_620],
      [503, '900000', 43_200, 43_220],
      [503, 'soon', 0, 20],
      [500, '600', 0, 20],
    ];

    for (const [status, retryAfter, min, max] of answers) {
      Object.assign(receiver, { answer: status, retryAfter });
      const seconds = await dueAfter();
      assert.ok(seconds >= min && seconds <= max, `${status} ${retryAfter}: ${seconds}`);
    }
  });
});
