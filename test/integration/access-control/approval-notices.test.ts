// The information about an act that waits: its reason for the approver, and mail about the decision for the
// requester.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { anAdmin, approvalSettings, idIn, requestDeletion } from '#test/support/steps/approvals.ts';

describeNodes('an act that waits for approval', { settings: approvalSettings }, (nodes) => {
  it('shows the reason that the API was given to the approver and in the audit log', async () => {
    const [ann, bob] = [await anAdmin(nodes()), await anAdmin(nodes(), 1)];
    const target = await nodes().createUser();
    const reason = 'Asked for in ticket 4711';
    const path = `users/${target.id}`;

    const asked = [
      await ann.api.call('DELETE', path, { query: { reason } }),
      await ann.api.post(`${path}/roles`, { role: 'admin', reason }),
      await ann.api.post('sign-everyone-out', { reason }),
    ];
    const tooLong = await ann.api.post('sign-everyone-out', { reason: 'x'.repeat(501) });

    for (const id of asked.map(idIn)) {
      assert.equal((await bob.api.get(`approvals/${id}`)).body['reason'], reason);
      const { knex } = nodes().services.db;
      const [event] = await knex('audit_events').whereRaw(`details ->> 'approval' = ?`, [id]);
      assert.equal(event.details.reason, reason);
    }
    assert.equal(tooLong.status, 400);
  });

  it('informs the requester of the decision by mail, unless the request was withdrawn', async () => {
    const [ann, bob] = [await anAdmin(nodes()), await anAdmin(nodes(), 1)];
    const { services } = nodes();
    const target = async () => (await nodes().createUser()).id;
    const request = async () => requestDeletion(ann, await target());

    await ann.api.post(`approvals/${await request()}/reject`);
    assert.deepEqual(await subjectsTo(nodes(), ann.person.email, 0), []);
    await bob.api.post(`approvals/${await request()}/approve`);
    await bob.api.post(`approvals/${await request()}/reject`);
    const changed = await target();
    const refused = await requestDeletion(ann, changed);
    await services.roles.grant(changed, 'auditor', services.now());
    await bob.api.post(`approvals/${refused}/approve`);
    const late = await request();
    await services.db.knex('approvals').where({ id: late }).update({ expires_at: services.now() });
    await Promise.all([services.approvals.expireDue(), services.approvals.expireDue()]);

    const subjects = await subjectsTo(nodes(), ann.person.email, 4);
    for (const part of [
      'was approved',
      'was rejected',
      'could not be carried out',
      'has expired',
    ]) {
      assert.equal(subjects.filter((subject) => subject.includes(part)).length, 1, part);
    }
    assert.deepEqual(await subjectsTo(nodes(), bob.person.email, 0), []);
  });
});

/** Subjects of the mails to an address, once at least this many have arrived. */
async function subjectsTo(nodes: Nodes, email: string, count: number): Promise<string[]> {
  const { mailbox } = nodes.services;
  for (;;) {
    await nodes.services.outboxWorker.deliverDue();
    const mails = ((await mailbox?.list()) ?? []).filter(({ to }) => to === email);
    if (mails.length >= count) return mails.map(({ subject }) => subject);
    await pause(50);
  }
}
