// Polls that wait for events (RFC 8936 §2.2) with two server processes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { aReceiver, createSignalClient } from '#test/support/steps/signal-receiver.ts';

const by = { kind: 'operator' } as const;

describeNodes('a poll for events', {}, (nodes) => {
  async function open() {
    const transmitter = { issuer: nodes().issuer, send: nodes().at(0).send };
    const client = await createSignalClient(transmitter, await nodes().relyingParty(aReceiver()));
    const { body: stream } = await client.call('POST', 'streams', {});
    const address = String(Object(stream['delivery'])['endpoint_url']);
    return {
      client,
      id: String(stream['stream_id']),
      poll: (request: object) => client.call('POST', address, request),
    };
  }
  const setsOf = (answer: { body: Readonly<Record<string, unknown>> }) =>
    Object.keys(Object(answer.body['sets'])).length;

  it('waits until another process has an event', async () => {
    const { client, id, poll } = await open();
    const held = poll({});

    const verified = await client.call('POST', 'verify', { stream_id: id });
    const answer = await held;

    assert.equal(verified.status, 204);
    assert.deepEqual([answer.status, setsOf(answer)], [200, 1], JSON.stringify(answer.body));
  });

  it('is answered without events after some seconds, and at once if it asks for that', async () => {
    const { poll } = await open();
    const order: string[] = [];
    const slow = poll({}).then((answer) => [order.push('held'), answer] as const);
    const quick = [
      await poll({ returnImmediately: true }),
      await poll({ maxEvents: 0 }),
      await poll({ returnImmediately: true, ack: ['unknown'] }),
    ];
    order.push('immediate');
    const [, answer] = await slow;

    for (const each of [...quick, answer]) {
      assert.deepEqual([each.status, each.body], [200, { sets: {}, moreAvailable: false }]);
    }
    assert.deepEqual(order, ['immediate', 'held']);
  });

  it('ends when the receiver is blocked', async () => {
    const { client, poll } = await open();
    const held = poll({});
    // The poll was accepted before the block, because the same process answers a later one.
    await poll({ returnImmediately: true });

    await nodes().services.blocking.blockClient(client.clientId, by);

    assert.equal((await held).status, 401);
  });
});
