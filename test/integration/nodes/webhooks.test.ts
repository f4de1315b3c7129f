// Webhooks with two nodes: every event is delivered once, and after a crash at least once.
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { closeInReverse } from '#test/support/cli/shell.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { startWebhookReceiver } from '#test/support/steps/webhook-receiver.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8' };
const by = { kind: 'operator' } as const;
const events = ['user.blocked'] as const;

describeNodes('webhooks on two nodes', { settings }, (nodes) => {
  const closing = closeInReverse({ after });
  const people = (count: number) =>
    Promise.all(Array.from({ length: count }, () => nodes().createUser()));

  async function open() {
    const receiver = await startWebhookReceiver(closing);
    const about = { description: undefined, personalData: false, events };
    await nodes().services.webhookService.create({ ...about, url: receiver.url }, by);
    return receiver;
  }
  const block = (userId: string) =>
    nodes().services.blocking.blockUser({ userId, reason: 'a test', by });

  it('deliver each event once while both nodes seal and deliver', async () => {
    const receiver = await open();
    const users = await people(20);

    await Promise.all(users.map(({ id }) => block(id)));

    const messages = await receiver.received('user.blocked', users.length);
    const about = messages.map(({ body }): string => JSON.parse(body).data.user_id);
    assert.deepEqual(new Set(about), new Set(users.map(({ id }) => id)));
    assert.equal(new Set(messages.map(({ id }) => id)).size, users.length);
  });

  it('deliver after a kill during the delivery, with the same id', async () => {
    const receiver = await open();
    receiver.answer = 'hanging';
    const [user] = await people(1);
    await block(user?.id ?? '');
    const [first] = await receiver.received('user.blocked');
    await Promise.all(nodes().nodes.map((node) => node.kill()));
    receiver.answer = 200;
    const { knex } = nodes().services.db;
    await knex('outbox').where({ kind: 'webhook', sent_at: null }).update({ claimed_until: null });

    await nodes().at(1).start();
    const [, second] = await receiver.received('user.blocked', 2);

    assert.deepEqual([second?.id, second?.body], [first?.id, first?.body]);
  });
});
