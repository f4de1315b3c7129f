// Streams of Shared Signals in the management API.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';
import {
  aReceiver,
  createSignalClient,
  verifySignal,
} from '#test/support/steps/signal-receiver.ts';

describeApp('signal streams in the management API', {}, (app) => {
  async function open() {
    const client = await createSignalClient(app(), await app().relyingParty(aReceiver()));
    const { body } = await client.call('POST', 'streams', { description: 'Tasks' });
    const { endpoint_url: address } = Object(body['delivery']);
    return { client, id: String(body['stream_id']), address: String(address) };
  }

  it('are listed and shown, and need the scope', async () => {
    const { client, id } = await open();
    const api = await createApiClient(app(), ['signals:read']);
    const other = await createApiClient(app(), ['webhooks:read']);

    const shown = await api.get(`signal-streams/${id}`);
    const listed = itemsOf(await api.get('signal-streams', { limit: '100' }));

    assert.deepEqual([shown.body['client_id'], shown.body['delivery']], [client.clientId, 'poll']);
    assert.deepEqual(
      listed.find((each) => each['id'] === id),
      shown.body,
    );
    assert.equal((await other.get('signal-streams')).status, 403);
    assert.equal((await api.delete(`signal-streams/${id}`)).status, 403);
    assert.equal(
      (await api.get('signal-streams/019a2f1e-6c1b-7c51-b8a9-3f0c0c8f9b11')).status,
      404,
    );
  });

  it('are paused so that the receiver cannot enable them, and is told', async () => {
    const { client, id, address } = await open();
    const api = await createApiClient(app(), ['signals:read', 'signals:write']);
    const path = `signal-streams/${id}`;
    const tag = (await api.get(path)).headers.get('etag') ?? '';
    const change = (body: object, etag = tag) =>
      api.call('PATCH', path, { body, headers: { 'if-match': etag } });

    const paused = await change({ status: 'paused', reason: 'maintenance' });
    const stale = await change({ status: 'enabled' });
    const byReceiver = await client.call('POST', 'status', { stream_id: id, status: 'enabled' });
    const { body } = await client.call('POST', address, {});
    const [set] = Object.values(Object(body['sets']));
    const enabled = await change({ status: 'enabled' }, paused.headers.get('etag') ?? '');

    assert.deepEqual([paused.status, paused.body['held_by']], [200, 'operator']);
    assert.deepEqual([stale.status, byReceiver.status], [412, 403]);
    const told = await verifySignal(app(), String(set), client.clientId);
    assert.equal(told.name, 'stream-updated');
    assert.deepEqual(told.event, { status: 'paused', reason: 'maintenance' });
    assert.deepEqual([enabled.body['status'], enabled.body['held_by']], ['enabled', null]);
    const signals = itemsOf(await api.get(`${path}/signals`));
    assert.deepEqual(
      signals.map(({ state }) => state),
      ['waiting', 'waiting'],
    );
  });

  it('name users by address and sign with ES256 if an operator says so', async () => {
    const { client, id, address } = await open();
    const api = await createApiClient(app(), ['signals:read', 'signals:write']);
    const path = `signal-streams/${id}`;
    const headers = { 'if-match': (await api.get(path)).headers.get('etag') ?? '' };
    const body = { subject_format: 'email', algorithm: 'ES256', all_users: true };
    assert.equal((await api.call('PATCH', path, { body, headers })).status, 200);
    const person = await app().createUser();

    await app().block(person.id);
    await app().services.auditChain.seal();

    const { body: polled } = await client.call('POST', address, { maxEvents: 1 });
    const [set] = Object.values(Object(polled['sets']));
    const signal = await verifySignal(app(), String(set), client.clientId);
    assert.equal(signal.header.alg, 'ES256');
    assert.deepEqual(signal.subject, { format: 'email', email: person.email });
  });

  it('are deleted with their signals', async () => {
    const { client, id } = await open();
    const api = await createApiClient(app(), ['signals:write']);

    const deleted = await api.delete(`signal-streams/${id}`);

    assert.deepEqual([deleted.status, deleted.body], [200, { id, deleted: true }]);
    assert.equal((await client.call('GET', `streams?stream_id=${id}`)).status, 404);
    assert.equal((await api.delete(`signal-streams/${id}`)).status, 404);
  });
});
