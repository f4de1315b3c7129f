// Streams of Shared Signals in the panel.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { signInToPanel } from '#test/support/steps/panel.ts';
import { aReceiver, createSignalClient } from '#test/support/steps/signal-receiver.ts';

const reason = 'For the CRM';

describeApp('streams of Shared Signals in the panel', {}, (app) => {
  async function open() {
    const client = await createSignalClient(app(), await app().relyingParty(aReceiver()));
    const { body } = await client.call('POST', 'streams', { description: 'the first' });
    return { client, id: String(body['stream_id']) };
  }
  const find = (id: string) => app().services.streamAdministration.find(id);

  it('are listed and shown with their signals', async () => {
    const { client, id } = await open();
    await client.call('POST', 'verify', { stream_id: id });
    const admin = await signInToPanel(app());

    const list = await admin.open('/signal-streams');
    const page = await admin.open(`/signal-streams/${id}`);

    assert.match(list.text, /Tasks[^]*the first[^]*enabled[^]*poll[^]*1/);
    assert.match(page.text, new RegExp(client.clientId));
    assert.match(page.text, /verification[^]*waiting[^]*the stream/);
    assert.equal((await admin.open('/signal-streams/unknown')).status, 404);
  });

  it('are paused, enabled, disabled and deleted', async () => {
    const { client, id } = await open();
    const admin = await signInToPanel(app());
    const act = async (name: string) =>
      (await admin.open(`/signal-streams/${id}/${name}`)).press('submit', { reason });

    for (const [name, status] of [
      ['pause', 'paused'],
      ['enable', 'enabled'],
      ['disable', 'disabled'],
    ] as const) {
      const done = await act(name);
      assert.equal(done.has('notice'), true, done.text);
      assert.equal((await find(id)).status, status);
    }
    const deleted = await act('delete');

    assert.equal(deleted.has('notice'), true);
    assert.equal((await client.call('GET', `streams?stream_id=${id}`)).status, 404);
  });

  it('are edited, unless they changed since the form was opened', async () => {
    const { client, id } = await open();
    const admin = await signInToPanel(app());
    const form = await admin.open(`/signal-streams/${id}/edit`);
    const fields = { format: 'email', algorithm: 'ES256', 'all-users': 'on', reason };
    await client.call('PATCH', 'streams', { stream_id: id, description: 'other' });

    const stale = await form.press('submit', fields);
    const saved = await (await admin.open(`/signal-streams/${id}/edit`)).press('submit', fields);

    assert.deepEqual([stale.status, stale.has('error')], [409, true]);
    assert.equal(saved.has('notice'), true);
    const { subjectFormat, algorithm, allUsers } = await find(id);
    assert.deepEqual([subjectFormat, algorithm, allUsers], ['email', 'ES256', true]);
  });
});
