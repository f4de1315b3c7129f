// Webhooks must not reach the network of the server.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { startWebhookReceiver } from '#test/support/steps/webhook-receiver.ts';

const by = { kind: 'operator' } as const;
const usual = { description: undefined, events: undefined, personalData: false };

describeApp('webhooks and private addresses', {}, (app) => {
  it('refuses private addresses when it is registered and when it is called', async (t) => {
    const { webhookService, webhookDelivery } = app().services;
    const create = (url: string) => webhookService.create({ ...usual, url }, by);
    for (const url of [
      'https://10.0.0.1/',
      'https://[::1]/',
      'http://169.254.169.254/latest/meta-data',
      'http://hooks.example.com/',
      'https://user:password@hooks.example.com/',
      'ftp://hooks.example.com/',
    ]) {
      await assert.rejects(create(url), { code: 'invalid_input' }, url);
    }
    const receiver = await startWebhookReceiver(t);
    const named = await create(receiver.url.replace('127.0.0.1', 'localhost'));

    const result = await webhookDelivery.test(named.id, by);

    assert.equal(result.error, 'The address cannot be reached from here.');
    assert.equal(receiver.messages.length, 0);
  });
});
