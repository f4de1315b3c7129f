// Webhooks by the management API: creation, changes with If-Match, secrets, tests and replays.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';
import { startWebhookReceiver, verifyMessage } from '#test/support/steps/webhook-receiver.ts';

const options = {
  arrangement: 'embedded, memory',
  settings: { OUTBOUND_ALLOW: '127.0.0.0/8' },
} as const;

describeApp('webhooks of the management API', options, (app) => {
  it('are created once per Idempotency-Key, and show the secret only once', async (t) => {
    const api = await createApiClient(app());
    const receiver = await startWebhookReceiver(t);
    const request = {
      body: { url: receiver.url, events: ['user.blocked'], description: 'SIEM' },
      headers: { 'idempotency-key': 'hook' },
    };

    const first = await api.call('POST', 'webhooks', request);
    const again = await api.call('POST', 'webhooks', request);

    const { secret, ...shown } = first.body;
    assert.equal(first.status, 201, first.text);
    assert.match(String(secret), /^whsec_[\w+/]{43}=$/);
    assert.deepEqual([again.status, again.body], [201, shown]);
    const path = `webhooks/${String(shown['id'])}`;
    const found = await api.get(path);
    assert.deepEqual(found.body, shown);
    assert.equal(found.headers.get('etag'), first.headers.get('etag'));
    assert.ok(first.headers.get('location')?.endsWith(path));
    assert.deepEqual(itemsOf(await api.get('webhooks')).at(-1), shown);
    const [row] = await app().services.db.knex('webhooks').where({ id: shown['id'] });
    assert.equal(JSON.stringify(row).includes(String(secret)), false);
  });

  it('are changed with If-Match, disabled and deleted, each in the audit log', async (t) => {
    const api = await createApiClient(app());
    const { url } = await startWebhookReceiver(t);
    const created = await api.post('webhooks', { url });
    const path = `webhooks/${String(created.body['id'])}`;
    const change = (body: object, tag?: string | null) =>
      api.call('PATCH', path, { body, headers: tag ? { 'if-match': tag } : {} });

    const blind = await change({ enabled: false });
    const changed = await change({ enabled: false }, created.headers.get('etag'));
    const stale = await change({ enabled: true }, created.headers.get('etag'));
    const replay = await api.post(`${path}/replay`, { since: '2026-01-01T00:00:00Z' });
    const deleted = await api.delete(path);

    assert.deepEqual([blind.status, changed.status, stale.status], [428, 200, 412]);
    assert.deepEqual(
      [changed.body['enabled'], changed.body['disabled_reason']],
      [false, 'operator'],
    );
    assert.deepEqual([replay.status, deleted.status], [409, 200]);
    assert.equal((await api.get(path)).status, 404);
    for (const event of ['webhook.created', 'webhook.updated', 'webhook.deleted']) {
      const [found] = itemsOf(await api.get('audit', { event }));
      assert.equal(Object(found?.['details']).webhook, created.body['id'], event);
    }
  });

  it('are tested, and list their attempts', async (t) => {
    const api = await createApiClient(app());
    const receiver = await startWebhookReceiver(t);
    const created = await api.post('webhooks', { url: receiver.url });
    const path = `webhooks/${String(created.body['id'])}`;
    receiver.answer = 500;
    const failed = await api.post(`${path}/test`);
    receiver.answer = 200;
    const rotated = await api.post(`${path}/rotate-secret`, { overlap_seconds: 0 });

    const tested = await api.post(`${path}/test`);

    assert.deepEqual([failed.status, failed.body['delivered']], [200, false]);
    assert.deepEqual([tested.body['delivered'], tested.body['status']], [true, 200]);
    const [, message] = await receiver.received('webhook.test', 2);
    assert.ok(message);
    verifyMessage(String(rotated.body['secret']), message);
    assert.throws(() => verifyMessage(String(created.body['secret']), message));
    const attempts = itemsOf(await api.get(`${path}/attempts`));
    assert.deepEqual(attempts[0], tested.body);
    const second = await api.get(`${path}/attempts`, { limit: '1' });
    assert.equal(itemsOf(second).length, 1);
    assert.equal(typeof second.body['next_cursor'], 'string');
  });

  it('replay one event or all since a time', async (t) => {
    const api = await createApiClient(app());
    const receiver = await startWebhookReceiver(t);
    const since = new Date().toISOString();
    await app().block((await app().createUser()).id);
    await app().services.auditChain.seal();
    const created = await api.post('webhooks', { url: receiver.url, events: ['user.blocked'] });
    const path = `webhooks/${String(created.body['id'])}/replay`;
    const [blocked] = itemsOf(await api.get('audit', { event: 'user.blocked' }));

    const all = await api.post(path, { since });
    const one = await api.post(path, { event_id: blocked?.['id'] });
    const [unknown, both] = [
      await api.post(path, { event_id: '01a20604-03a9-4e2e-9043-e51c1dddea66' }),
      await api.post(path, { event_id: blocked?.['id'], since }),
    ];
    await app().services.outboxWorker.deliverDue();

    assert.deepEqual(all.body, { queued: 1, next_since: null });
    assert.deepEqual(one.body, { queued: 1, next_since: null });
    assert.deepEqual([unknown.status, both.status], [404, 400]);
    const messages = await receiver.received('user.blocked', 2);
    assert.deepEqual(
      messages.map(({ id }) => id),
      [blocked?.['id'], blocked?.['id']],
    );
  });

  it('need the scope of the audit log to choose what is received', async (t) => {
    const api = await createApiClient(app(), ['webhooks:read', 'webhooks:write']);
    const { url } = await startWebhookReceiver(t);

    const refused = await api.post('webhooks', { url });
    const invalid = await (
      await createApiClient(app())
    ).post('webhooks', { url: 'https://10.0.0.1/' });

    assert.deepEqual([refused.status, invalid.status], [403, 400]);
    assert.equal((await api.get('webhooks')).status, 200);
  });
});
