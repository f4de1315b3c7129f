// Shared Signals with two server processes: a receiver creates and verifies a stream, and learns by push or
// poll what happens to its users.
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { closeInReverse } from '#test/support/cli/shell.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import {
  aReceiver,
  createSignalClient,
  pollMethod,
  pushMethod,
  startPushEndpoint,
  typeOf,
  verifySignal,
} from '#test/support/steps/signal-receiver.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8' };
const by = { kind: 'operator' } as const;
const authorization = 'Bearer secret of the receiver';

describeNodes('signals', { settings }, (nodes) => {
  const closing = closeInReverse({ after });
  const transmitter = () => ({ issuer: nodes().issuer, send: nodes().at(0).send });

  async function open(configuration: object = {}) {
    const client = await createSignalClient(transmitter(), await nodes().relyingParty(aReceiver()));
    const endpoint = await startPushEndpoint(closing, transmitter(), () => client.clientId);
    const delivery = {
      method: pushMethod,
      endpoint_url: endpoint.url,
      authorization_header: authorization,
    };
    const created = await client.call('POST', 'streams', { delivery, ...configuration });
    assert.equal(created.status, 201, JSON.stringify(created.body));
    return { client, endpoint, stream: created.body, id: String(created.body['stream_id']) };
  }
  const block = (userId: string) =>
    nodes().services.blocking.blockUser({ userId, reason: 'a test', by });

  it('are verified, and report a blocked user of the client and no other', async () => {
    const { client, endpoint, id } = await open();
    const [person, stranger] = [await nodes().createUser(), await nodes().createUser()];
    await client.rp.login(person);

    const verified = await client.call('POST', 'verify', { stream_id: id, state: 'abc' });
    const [verification] = await endpoint.received('verification');
    await block(stranger.id);
    await block(person.id);
    const [disabled] = await endpoint.received('account-disabled');
    const [revoked] = await endpoint.received('session-revoked');

    assert.equal(verified.status, 204);
    assert.deepEqual(verification?.event, { state: 'abc' });
    assert.deepEqual(verification?.subject, { format: 'opaque', id });
    assert.equal(verification?.headers['authorization'], authorization);
    assert.equal(verification?.header.alg, 'RS256');
    const subject = { format: 'iss_sub', iss: nodes().issuer, sub: person.id };
    assert.deepEqual([disabled?.subject, revoked?.subject], [subject, subject]);
    assert.equal(disabled?.event['initiating_entity'], 'admin');
    assert.equal(typeof disabled?.event['event_timestamp'], 'number');
    assert.deepEqual(Object.keys(Object(disabled?.claims['events'])), [typeOf('account-disabled')]);
    assert.equal(typeof disabled?.claims['txn'], 'string');
    for (const absent of ['sub', 'exp']) assert.equal(disabled?.claims[absent], undefined, absent);
    assert.equal(JSON.stringify(endpoint.signals).includes(stranger.id), false);
  });

  it('name the user of a pairwise client by the subject of its ID tokens', async () => {
    const rp = await nodes().relyingParty({ ...aReceiver(), subject_type: 'pairwise' });
    const client = await createSignalClient(transmitter(), rp);
    const endpoint = await startPushEndpoint(closing, transmitter(), () => client.clientId);
    const delivery = { method: pushMethod, endpoint_url: endpoint.url };
    await client.call('POST', 'streams', { delivery });
    const person = await nodes().createUser();
    const { claims } = await rp.login(person);

    await block(person.id);
    const [disabled] = await endpoint.received('account-disabled');

    const subject = { format: 'iss_sub', iss: nodes().issuer, sub: claims['sub'] };
    assert.deepEqual(disabled?.subject, subject);
    // The same in every stream, so that receivers could find out that they have the same user.
    assert.equal(disabled?.claims['txn'], undefined);
    assert.equal(JSON.stringify(disabled?.claims).includes(person.id), false);
  });

  it('are kept from a blocked receiver until it is unblocked', async () => {
    const { client, endpoint, id } = await open();
    const [before, meanwhile] = [await nodes().createUser(), await nodes().createUser()];
    await client.rp.login(before);
    await client.rp.login(meanwhile);
    const witness = await open();
    await witness.client.rp.login(meanwhile);
    const { blocking } = nodes().services;

    await blocking.blockClient(client.clientId, by);
    await block(meanwhile.id);
    await witness.endpoint.received('account-disabled');
    const { knex } = nodes().services.db;
    const waiting: unknown[] = await knex('signals').where({ stream_id: id });
    await blocking.unblockClient(client.clientId, by);
    await block(before.id);
    await endpoint.received('account-disabled');

    assert.deepEqual(waiting, []);
    const told = endpoint.signals.map(({ subject }) => subject['sub']);
    assert.deepEqual([...new Set(told)], [before.id]);
  });

  it('arrive once and in the order in which they happened, while both processes push', async () => {
    const { client, endpoint } = await open();
    const person = await nodes().createUser();
    await client.rp.login(person);

    for (let round = 0; round < 3; round += 1) {
      await block(person.id);
      await nodes().services.blocking.unblockUser(person.id, by);
    }
    await endpoint.received('account-enabled', 3);

    const states = endpoint.signals
      .map(({ name }) => name)
      .filter((name) => name.startsWith('account-'));
    const round = ['account-disabled', 'account-enabled'];
    assert.deepEqual(states, [...round, ...round, ...round]);
    const ids = endpoint.signals.map(({ claims }) => claims.jti);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('name the session that ended, to the clients that took part in it only', async () => {
    const { client, endpoint } = await open();
    const other = await open();
    const person = await nodes().createUser();
    const { claims } = await client.rp.login(person);
    await other.client.rp.login(person);
    const page = { after: undefined, limit: 10 };
    const { items } = await nodes().services.sessionList.list(person.id, page);
    const uids = items.map(({ uid }) => uid);

    for (const uid of uids) await nodes().services.blocking.endSession(uid, by);
    const [revoked] = await endpoint.received('session-revoked');
    await other.endpoint.received('session-revoked');

    const user = { format: 'iss_sub', iss: nodes().issuer, sub: person.id };
    const session = { format: 'opaque', id: claims['sid'] };
    assert.equal(uids.length, 2);
    assert.deepEqual(revoked?.subject, { format: 'complex', user, session });
    assert.equal(endpoint.signals.length, 1);
  });

  it('wait while the receiver fails, and skip a signal that it rejects', async () => {
    const { client, endpoint, id } = await open();
    const person = await nodes().createUser();
    await client.rp.login(person);
    endpoint.answer = { status: 400, err: 'invalid_audience' };
    await nodes().services.blocking.endSessionsOf(person.id, by);
    await endpoint.received('session-revoked');
    endpoint.answer = { status: 503 };
    await block(person.id);
    await endpoint.received('account-disabled');
    endpoint.answer = { status: 202 };

    const { knex } = nodes().services.db;
    const isPostponed = () =>
      knex('outbox')
        .where({ client_id: client.clientId, sent_at: null })
        .whereNotNull('last_error')
        .update({ due_at: new Date(0) });
    while ((await isPostponed()) === 0) await endpoint.received('account-disabled');
    await endpoint.received('session-revoked', 2);

    assert.deepEqual(
      endpoint.signals.map(({ name }) => name),
      ['session-revoked', 'account-disabled', 'account-disabled', 'session-revoked'],
    );
    const [first, second] = endpoint.signals.filter(({ name }) => name === 'account-disabled');
    assert.equal(first?.claims.jti, second?.claims.jti);
    const records = await nodes().services.signalStore.list(id, undefined, 10);
    assert.ok(records.some(({ error }) => error?.includes('invalid_audience')));
  });

  it('are not sent to addresses in private networks', async () => {
    const client = await createSignalClient(transmitter(), await nodes().relyingParty(aReceiver()));
    for (const url of [
      'https://10.0.0.1/x',
      'https://[::1]/x',
      'http://example.com/',
      'https://u:p@example.com/',
    ]) {
      const delivery = { method: pushMethod, endpoint_url: url };
      const answer = await client.call('POST', 'streams', { delivery });
      assert.equal(answer.status, 400, url);
    }
  });

  it('are polled from any process, acknowledged once, and refused one by one', async () => {
    const client = await createSignalClient(transmitter(), await nodes().relyingParty(aReceiver()));
    const { body: stream } = await client.call('POST', 'streams', {});
    const { endpoint_url: address, method } = Object(stream['delivery']);
    const person = await nodes().createUser();
    await client.rp.login(person);
    const poll = async (request: object = {}) => {
      const answer = await client.call('POST', address, { returnImmediately: true, ...request });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.body;
    };

    await block(person.id);
    const { auditChain } = nodes().services;
    await auditChain.seal();
    let first = await poll({ maxEvents: 1 });
    // The server process may still be sealing the event.
    while (Object.keys(Object(first['sets'])).length === 0) first = await poll({ maxEvents: 1 });
    const [[jti, token] = ['', '']] = Object.entries(Object(first['sets']));
    const again = await poll({ maxEvents: 1 });
    const rest = await poll({ ack: [jti] });
    const [[other] = ['']] = Object.entries(Object(rest['sets']));
    const none = await poll({
      maxEvents: 0,
      setErrs: { [other]: { err: 'invalid_request', description: 'unusable' } },
    });
    const last = await poll({ ack: [jti, other, 'unknown'] });

    assert.equal(method, pollMethod);
    const read = await verifySignal(transmitter(), String(token), client.clientId);
    assert.deepEqual([read.name, read.claims.jti], ['account-disabled', jti]);
    assert.deepEqual(Object.keys(Object(again['sets'])), [jti]);
    assert.equal(first['moreAvailable'], true);
    assert.equal(Object.keys(Object(rest['sets'])).length, 1);
    assert.deepEqual([none['sets'], last], [{}, { sets: {}, moreAvailable: false }]);
    const records = await nodes().services.signalStore.list(
      String(stream['stream_id']),
      undefined,
      5,
    );
    // Both were queued at the same time, so the list has them in any order.
    const refused = records.find(({ id }) => id === other);
    assert.equal(refused?.error, 'invalid_request: unusable');
  });
});
