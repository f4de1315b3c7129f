// Acts that wait for a second administrator, requested and decided on two nodes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { anAdministrator } from '#test/support/steps/administrators.ts';
import {
  anAdmin,
  anAdministratorBy,
  approvalSettings,
  idIn,
  requestDeletion,
  through,
} from '#test/support/steps/approvals.ts';

describeNodes('an act that needs approval', { settings: approvalSettings }, (nodes) => {
  it('waits, and is done once when another administrator approves it on the other node', async () => {
    const [ann, bob] = [await anAdmin(nodes()), await anAdmin(nodes(), 1)];
    const target = await nodes().createUser();
    const { services } = nodes();

    const asked = await ann.api.delete(`users/${target.id}`);
    const again = await ann.api.delete(`users/${target.id}`);
    const approval = Object(asked.body['approval']);
    const listed = itemsOf(await bob.api.get('approvals', { state: 'pending' }));
    assert.ok(await services.users.findById(target.id), 'nothing is done yet');
    const done = await bob.api.post(`approvals/${approval.id}/approve`);
    const twice = await bob.api.post(`approvals/${approval.id}/approve`);

    assert.deepEqual([asked.status, again.status], [202, 202]);
    assert.deepEqual(
      [approval.act, approval.target, approval.requested_by, approval.state],
      ['users.delete', { user_id: target.id }, { kind: 'user', id: ann.person.id }, 'pending'],
    );
    assert.equal(Object(again.body['approval']).id, approval.id);
    assert.deepEqual(
      listed.map(({ id }) => id),
      [approval.id],
    );
    assert.deepEqual([done.status, done.body['state']], [200, 'executed'], done.text);
    assert.deepEqual([twice.status, twice.body['code']], [409, 'conflict']);
    assert.equal(await services.users.findById(target.id), undefined);
    assert.deepEqual(await eventsOf(nodes(), String(approval.id)), [
      'approval.requested',
      'approval.approved',
      'approval.executed',
    ]);
  });

  it('also creates an administrator, and signs everyone out', async () => {
    const [ann, bob] = [await anAdmin(nodes()), await anAdmin(nodes(), 1)];
    const target = await nodes().createUser();
    const { services } = nodes();

    const role = await ann.api.post(`users/${target.id}/roles`, { role: 'admin' });
    assert.deepEqual((await services.users.findById(target.id))?.roles, []);
    const granted = await bob.api.post(`approvals/${idIn(role)}/approve`);
    assert.equal(granted.body['state'], 'executed', granted.text);
    assert.deepEqual((await services.users.findById(target.id))?.roles, ['admin']);

    const everyone = await ann.api.post('sign-everyone-out');
    const ended = await bob.api.post(`approvals/${idIn(everyone)}/approve`);
    assert.equal(ended.body['state'], 'executed', ended.text);
    assert.equal((await bob.api.get('users')).status, 401, 'all tokens are revoked');
    // A JWT has its issue time in whole seconds, so one from this second counts as issued before.
    await pause(1000 - (Date.now() % 1000));
  });

  it('is decided once when two administrators decide at the same time', async () => {
    const ann = await anAdmin(nodes());
    for (const verbs of [
      ['approve', 'approve'],
      ['approve', 'reject'],
      ['reject', 'approve'],
    ]) {
      const [bob, cyd] = [await anAdmin(nodes()), await anAdmin(nodes(), 1)];
      const target = await nodes().createUser();
      const id = await requestDeletion(ann, target.id);

      const answers = await Promise.all(
        [bob, cyd].map(({ api }, at) => api.post(`approvals/${id}/${verbs[at]}`)),
      );

      const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
      assert.deepEqual(statuses, [200, 409], answers.map(({ text }) => text).join());
      const { state } = await nodes().services.approvals.find(id);
      const isGone = (await nodes().services.users.findById(target.id)) === undefined;
      assert.equal(isGone, state === 'executed');
    }
  });

  it('cannot be approved after it expired, which is recorded once', async () => {
    const [ann, bob] = [await anAdmin(nodes()), await anAdmin(nodes(), 1)];
    const target = await nodes().createUser();
    const id = await requestDeletion(ann, target.id);
    const { services } = nodes();
    await services.db.knex('approvals').where({ id }).update({ expires_at: services.now() });

    const [answer] = await Promise.all([
      bob.api.post(`approvals/${id}/approve`),
      services.approvals.expireDue(),
      services.approvals.expireDue(),
    ]);

    assert.equal(answer?.status, 409, answer?.text);
    assert.equal((await services.approvals.find(id)).state, 'expired');
    assert.ok(await services.users.findById(target.id));
    assert.deepEqual(await eventsOf(nodes(), id), ['approval.requested', 'approval.expired']);
  });

  it('is never approved by its requester, whatever the session, nor by any client', async () => {
    const [ann, bob] = [await anAdmin(nodes()), await anAdmin(nodes())];
    const target = await nodes().createUser();
    const { services } = nodes();
    const second = await anAdministrator(through(nodes(), 1), [], undefined, ann.person);
    const client = await createApiClient(through(nodes()));
    const own = await requestDeletion(ann, target.id);
    const refused = [
      await ann.api.post(`approvals/${own}/approve`),
      await second.api.post(`approvals/${own}/approve`),
      await client.post(`approvals/${own}/approve`),
    ];
    await ann.api.post(`approvals/${own}/reject`);

    const { clientId } = client.rp.app;
    const by = { kind: 'user', id: bob.person.id } as const;
    await services.audit.append({ event: 'client.secret_rotated', actor: by, clientId });
    const asked = await client.delete(`users/${target.id}`);
    refused.push(await bob.api.post(`approvals/${idIn(asked)}/approve`));

    for (const { status, body } of refused) {
      assert.deepEqual([status, body['code']], [403, 'forbidden']);
    }
    assert.equal((await services.approvals.find(own)).state, 'rejected');
    const done = await ann.api.post(`approvals/${idIn(asked)}/approve`);
    assert.equal(done.body['state'], 'executed', done.text);
  });

  it('is refused permanently when its target or its requester has changed', async () => {
    const { services } = nodes();
    const changes: readonly [RegExp, (ann: string, target: string) => Promise<unknown>][] = [
      [/user was changed/, (_ann, target) => services.roles.grant(target, 'auditor', new Date())],
      [/no longer has the right/, (ann) => services.roles.withdraw(ann, 'admin')],
      [
        /no longer has the right/,
        (userId) => services.blocking.blockUser({ userId, reason: 'a test', by: operator }),
      ],
    ];
    for (const [reason, change] of changes) {
      const [ann, bob] = [await anAdmin(nodes()), await anAdmin(nodes(), 1)];
      const target = await nodes().createUser();
      const id = await requestDeletion(ann, target.id);
      await change(ann.person.id, target.id);

      const answer = await bob.api.post(`approvals/${id}/approve`);

      assert.equal(answer.status, 409, answer.text);
      const { state, refusal } = await services.approvals.find(id);
      assert.equal(state, 'refused');
      assert.match(refusal ?? '', reason);
      assert.ok(await services.users.findById(target.id));
    }
  });

  it('needs an approver with the required rights, and stays pending otherwise', async () => {
    const ann = await anAdmin(nodes());
    const target = await nodes().createUser();
    const id = await requestDeletion(ann, target.id);
    const weak = await anAdministratorBy(nodes());
    const narrow = await anAdministrator(
      through(nodes(), 1),
      [],
      ['approvals:read', 'approvals:write'],
      weak.person,
    );

    const answers = [
      await narrow.api.post(`approvals/${id}/approve`),
      await narrow.api.post(`approvals/${id}/reject`),
    ];

    for (const { status } of answers) assert.equal(status, 403);
    assert.equal((await nodes().services.approvals.find(id)).state, 'pending');
  });
});

describeNodes('without APPROVAL_REQUIRED', {}, (nodes) => {
  it('nothing waits', async () => {
    const { api } = await anAdmin(nodes());
    const target = await nodes().createUser();

    const answer = await api.delete(`users/${target.id}`);

    assert.equal(answer.status, 200, answer.text);
  });
});

const operator = { kind: 'operator' } as const;

async function eventsOf({ services }: Nodes, approval: string): Promise<unknown[]> {
  const { knex } = services.db;
  return knex('audit_events')
    .whereRaw(`details ->> 'approval' = ?`, [approval])
    .orderBy('id')
    .pluck('event');
}
