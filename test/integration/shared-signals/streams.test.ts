// Management of streams by receivers (SSF 1.0 §7 and §8): discovery, authorization, configuration.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';
import {
  aReceiver,
  createSignalClient,
  pollMethod,
  pushMethod,
  typeOf,
  type SignalClient,
} from '#test/support/steps/signal-receiver.ts';

const by = { kind: 'operator' } as const;

describeApp('streams of signals', {}, (app) => {
  const open = async (scope?: string) =>
    createSignalClient(
      app(),
      await app().relyingParty(aReceiver(scope)),
      scope?.replace('openid ', ''),
    );
  const create = async (client: SignalClient, configuration: object = {}) => {
    const { status, body } = await client.call('POST', 'streams', configuration);
    assert.equal(status, 201, JSON.stringify(body));
    return { ...body, id: String(body['stream_id']), delivery: Object(body['delivery']) };
  };

  it('are discovered', async () => {
    const answer = await app().send(`${app().issuer}/.well-known/ssf-configuration`);
    const metadata = JSON.parse(await answer.text());

    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(metadata.issuer, app().issuer);
    assert.deepEqual(metadata.delivery_methods_supported, [pushMethod, pollMethod]);
    assert.equal(metadata.spec_version, '1_0');
    assert.deepEqual(metadata.authorization_schemes[0].spec_urn, 'urn:ietf:rfc:6749');
    const keys = await app().send(metadata.jwks_uri);
    assert.equal(keys.status, 200);
  });

  it('are created, read, updated, replaced and deleted', async () => {
    const client = await open();
    const unknown = typeOf('device-compliance-change');
    const events_requested = [typeOf('session-revoked'), unknown];
    const stream = await create(client, { events_requested, description: 'first' });
    const path = `streams?stream_id=${stream.id}`;

    const read = await client.call('GET', path);
    const listed = await client.call('GET', 'streams');
    const change = { stream_id: stream.id, description: 'second' };
    const updated = await client.call('PATCH', 'streams', change);
    const delivery = { method: pushMethod, endpoint_url: 'https://receiver.example/events' };
    const replaced = await client.call('PUT', 'streams', { stream_id: stream.id, delivery });
    const removed = await client.call('DELETE', path);
    const gone = await client.call('GET', path);
    const none = await client.call('GET', 'streams');

    assert.deepEqual(read.body, listed.body[0]);
    assert.deepEqual(read.body['events_delivered'], [typeOf('session-revoked')]);
    assert.deepEqual(read.body['events_requested'], events_requested);
    assert.deepEqual([read.body['iss'], read.body['aud']], [app().issuer, client.clientId]);
    assert.deepEqual(updated.body, { ...read.body, description: 'second' });
    assert.deepEqual([replaced.status, replaced.body['delivery']], [200, delivery]);
    assert.equal(replaced.body['description'], undefined);
    assert.deepEqual([removed.status, gone.status, none.body], [204, 404, []]);
  });

  it('refuse malformed input and members that the transmitter determines', async () => {
    const client = await open();
    const { id: stream_id } = await create(client);
    const bad = [
      ['POST', 'streams', '{"broken'],
      ['POST', 'streams', { delivery: { method: 'urn:example:carrier-pigeon' } }],
      ['POST', 'streams', { delivery: { method: pushMethod } }],
      ['POST', 'streams', { events_requested: 'all' }],
      ['PATCH', 'streams', {}],
      ['PATCH', 'streams', { stream_id, aud: 'another' }],
      ['PUT', 'streams', { stream_id, iss: 'https://other.example' }],
      ['POST', 'status', { stream_id, status: 'asleep' }],
      ['POST', 'subjects/add', { stream_id, subject: { format: 'email' } }],
      ['POST', 'subjects/remove', { stream_id }],
      ['GET', 'status', undefined],
      ['DELETE', 'streams', undefined],
      ['POST', `poll/${stream_id}`, { ack: 'all' }],
    ] as const;

    for (const [method, path, body] of bad) {
      const answer = await client.call(method, path, body);
      assert.equal(answer.status, 400, `${method} ${path} ${JSON.stringify(body)}`);
      assert.equal(answer.body['error'], 'invalid_request');
    }
    const untyped = await app().send(`${app().issuer}/oauth2/ssf/streams`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client.accessToken}` },
      body: 'a=b',
    });
    assert.equal(untyped.status, 415);
  });

  it('are visible to their receiver only', async () => {
    const [owner, foreigner] = [await open(), await open()];
    const { id: stream_id, delivery } = await create(owner);
    const calls = [
      ['GET', `streams?stream_id=${stream_id}`, undefined],
      ['DELETE', `streams?stream_id=${stream_id}`, undefined],
      ['PATCH', 'streams', { stream_id, description: 'mine' }],
      ['PUT', 'streams', { stream_id }],
      ['GET', `status?stream_id=${stream_id}`, undefined],
      ['POST', 'status', { stream_id, status: 'paused' }],
      ['POST', 'verify', { stream_id }],
      ['POST', 'subjects/add', { stream_id, subject: { format: 'opaque', id: 'x' } }],
      ['POST', 'subjects/remove', { stream_id, subject: { format: 'opaque', id: 'x' } }],
      ['POST', delivery.endpoint_url, {}],
    ] as const;

    for (const [method, path, body] of calls) {
      const { status } = await foreigner.call(method, path, body);
      assert.equal(status, 404, `${method} ${path}`);
    }
    assert.deepEqual((await foreigner.call('GET', 'streams')).body, []);
    assert.equal((await owner.call('GET', `streams?stream_id=${stream_id}`)).status, 200);
  });

  it('stay stopped by an operator: the receiver cannot replace them with new ones', async () => {
    const client = await open();
    const { id: stream_id } = await create(client);
    const { streamAdministration: administration } = app().services;
    await administration.update(stream_id, { status: 'paused' }, { by });

    const enabled = await client.call('POST', 'status', { stream_id, status: 'enabled' });
    const another = await client.call('POST', 'streams', {});
    const removed = await client.call('DELETE', `streams?stream_id=${stream_id}`);
    await administration.update(stream_id, { status: 'enabled' }, { by });
    const later = await client.call('DELETE', `streams?stream_id=${stream_id}`);

    assert.deepEqual([enabled.status, another.status, removed.status], [403, 403, 403]);
    assert.equal(later.status, 204);
  });

  it('need an access token of a receiver with the scope of the operation', async () => {
    const reader = await open('openid ssf.read');
    const manager = await open();
    const api = await createApiClient(app(), ['signals:read']);
    const person = await app().createUser();
    const { accessToken: ofUser } = await manager.rp.login(person);
    const call = async (token: string | undefined, method = 'GET') => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const json = { ...headers, 'content-type': 'application/json' };
      const body = method === 'POST' ? '{}' : undefined;
      return app().send(`${app().issuer}/oauth2/ssf/streams`, { method, headers: json, body });
    };

    const answers = [undefined, 'x', ofUser, api.accessToken].map((token) => call(token));
    const refused = await call(reader.accessToken, 'POST');
    const allowed = await call(reader.accessToken);
    await app().services.blocking.blockClient(manager.clientId, by);
    const blocked = await call(manager.accessToken);

    for (const answer of [...(await Promise.all(answers)), blocked]) {
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm=/);
    }
    assert.deepEqual([refused.status, allowed.status], [403, 200]);
    assert.match(refused.headers.get('www-authenticate') ?? '', /scope="ssf.manage"/);
  });
});

const settings = { ISSUER: 'https://id.example.com/tenant' };

describeApp('streams of signals of an issuer with a path', { settings }, (app) => {
  it('are discovered at the root of the host and below the path (SSF 1.0 §7.2.1)', async () => {
    const read = async (path: string) => app().send(`https://id.example.com${path}`);

    const documents = [
      await read('/.well-known/ssf-configuration/tenant'),
      await read('/tenant/.well-known/ssf-configuration'),
    ];
    const other = await read('/.well-known/ssf-configuration');

    for (const document of documents) {
      const metadata = JSON.parse(await document.text());
      assert.equal(metadata.issuer, settings.ISSUER);
      assert.equal(metadata.status_endpoint, `${settings.ISSUER}/oauth2/ssf/status`);
    }
    assert.equal(other.status, 404);
  });

  it('are managed below the path', async () => {
    const client = await createSignalClient(app(), await app().relyingParty(aReceiver()));

    const created = await client.call('POST', 'streams', {});

    assert.equal(created.status, 201);
    const { endpoint_url: address } = Object(created.body['delivery']);
    assert.match(address, /^https:\/\/id\.example\.com\/tenant\/oauth2\/ssf\/poll\//);
    assert.equal((await client.call('POST', address, {})).status, 200);
  });
});
