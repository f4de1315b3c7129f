// Deliveries of streams: limits, verification, status, subjects, and about which users a receiver is
// notified.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import {
  aReceiver,
  createSignalClient,
  typeOf,
  verifySignal,
  type SignalClient,
} from '#test/support/steps/signal-receiver.ts';
import type { Person } from '#test/support/actors/relying-party.ts';

const by = { kind: 'operator' } as const;

describeApp('signals of a stream', {}, (app) => {
  const open = async () => createSignalClient(app(), await app().relyingParty(aReceiver()));
  const create = async (client: SignalClient, configuration: object = {}) => {
    const { status, body } = await client.call('POST', 'streams', configuration);
    assert.equal(status, 201, JSON.stringify(body));
    return { ...body, id: String(body['stream_id']), delivery: Object(body['delivery']) };
  };
  /** The names and subjects of the pending signals, which are then acknowledged. */
  async function fetchAll(client: SignalClient, address: string) {
    await app().services.auditChain.seal();
    const { body } = await client.call('POST', address, {});
    const sets = Object.entries(Object(body['sets']));
    await client.call('POST', address, { maxEvents: 0, ack: sets.map(([jti]) => jti) });
    return Promise.all(sets.map(([, set]) => verifySignal(app(), String(set), client.clientId)));
  }

  it('are limited in number, even when they are created at the same time', async () => {
    const client = await open();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => client.call('POST', 'streams', {})),
    );

    const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
    assert.deepEqual([count(201), count(409)], [5, 3]);
  });

  it('are verified at most once in the interval', async (t) => {
    const clock = holdClock(t);
    const client = await open();
    const { id: stream_id, delivery } = await create(client);

    const first = await client.call('POST', 'verify', { stream_id, state: 'one' });
    const second = await client.call('POST', 'verify', { stream_id, state: 'two' });
    clock.advance(10);
    const third = await client.call('POST', 'verify', { stream_id });

    assert.deepEqual([first.status, second.status, third.status], [204, 429, 204]);
    const events = (await fetchAll(client, delivery.endpoint_url)).map(({ event }) => event);
    assert.deepEqual(events, [{ state: 'one' }, {}]);
  });

  it('keep signals while paused, and none while disabled', async () => {
    const client = await open();
    const { id: stream_id, delivery } = await create(client);
    const person = await aUserOf(client);
    const set = async (status: string) => {
      const { body } = await client.call('POST', 'status', { stream_id, status, reason: 'why' });
      assert.deepEqual(body, { stream_id, status, reason: 'why' });
    };

    await set('paused');
    await app().block(person.id);
    const whilePaused = await fetchAll(client, delivery.endpoint_url);
    await set('enabled');
    const after = await fetchAll(client, delivery.endpoint_url);
    await set('disabled');
    await app().services.blocking.unblockUser(person.id, by);
    await fetchAll(client, delivery.endpoint_url);
    await set('enabled');
    const last = await fetchAll(client, delivery.endpoint_url);

    assert.deepEqual(namesOf(whilePaused), []);
    assert.deepEqual(namesOf(after), ['account-disabled', 'session-revoked']);
    assert.deepEqual(namesOf(last), []);
  });

  it('leave out a removed subject until it is added again, and never reveal who exists', async () => {
    const client = await open();
    const { id: stream_id, delivery } = await create(client);
    const person = await aUserOf(client);
    const stranger = { format: 'email', email: 'nobody@example.com' };
    const subject = { format: 'email', email: person.email.toUpperCase() };

    const unknown = await client.call('POST', 'subjects/add', { stream_id, subject: stranger });
    const unremoved = await client.call('POST', 'subjects/remove', {
      stream_id,
      subject: stranger,
    });
    const removed = await client.call('POST', 'subjects/remove', { stream_id, subject });
    await app().services.blocking.endSessionsOf(person.id, by);
    const without = await fetchAll(client, delivery.endpoint_url);
    const added = await client.call('POST', 'subjects/add', { stream_id, subject });
    await app().services.blocking.endSessionsOf(person.id, by);
    const again = await fetchAll(client, delivery.endpoint_url);

    const statuses = [unknown, unremoved, removed, added].map(({ status }) => status);
    assert.deepEqual(statuses, [200, 204, 204, 200]);
    assert.deepEqual([namesOf(without), namesOf(again)], [[], ['session-revoked']]);
  });

  it('notify receivers of a deleted account, whose consents no longer exist by then', async () => {
    const [client, other] = [await open(), await open()];
    const { delivery } = await create(client);
    const { delivery: others } = await create(other);
    const person = await aUserOf(client);
    const user = await app().services.users.findById(person.id);
    assert.ok(user);

    await app().services.deletion.deleteNow(user, by);

    const signals = await fetchAll(client, delivery.endpoint_url);
    assert.deepEqual(namesOf(signals), ['account-purged']);
    assert.equal(signals[0]?.subject['sub'], person.id);
    assert.deepEqual(await fetchAll(other, others.endpoint_url), []);
    const left: unknown[] = await app().services.db.knex('signal_subjects').select('*');
    assert.deepEqual(left, []);
  });

  it('state how a credential changed', async () => {
    const client = await open();
    const { delivery } = await create(client, { events_requested: [typeOf('credential-change')] });
    const person = await aUserOf(client);
    const entry = { actor: { kind: 'user', id: person.id }, userId: person.id } as const;
    const events = ['passkey.added', 'factor.removed', 'password.changed'] as const;

    for (const event of events) await app().services.audit.append({ event, ...entry });

    const signals = await fetchAll(client, delivery.endpoint_url);
    // Events of the same millisecond have no order.
    assert.deepEqual(
      signals
        .map(({ event }) => `${String(event['credential_type'])} ${String(event['change_type'])}`)
        .toSorted(),
      ['app delete', 'fido2-platform create', 'password update'],
    );
    assert.equal(signals[0]?.event['initiating_entity'], 'user');
  });

  it('say that everything of a user who reports a sign-in was revoked', async () => {
    const client = await open();
    const { delivery } = await create(client);
    const person = await aUserOf(client);
    const { db, unrecognizedSignIn } = app().services;
    const row = await db.knex('user_devices').where({ user_id: person.id }).first('device_id');
    const device = { userId: person.id, deviceId: row.device_id, device: '', address: '' };
    const token = unrecognizedSignIn.linkFor(device).split('/').at(-1) ?? '';

    assert.ok(await unrecognizedSignIn.disown(token));

    const signals = await fetchAll(client, delivery.endpoint_url);
    assert.deepEqual(namesOf(signals), ['session-revoked']);
    assert.equal(signals[0]?.subject['sub'], person.id);
  });

  async function aUserOf(client: SignalClient): Promise<Person> {
    const person = await app().createUser();
    await client.rp.login(person);
    await app().services.auditChain.seal();
    return person;
  }
});

function namesOf(signals: readonly { readonly name: string }[]): readonly string[] {
  return signals.map(({ name }) => name);
}
