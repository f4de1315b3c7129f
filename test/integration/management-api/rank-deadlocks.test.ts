// Administrators who act on each other at once, on two nodes: each proof of rank locks the row of the
// administrator and that of the target, in one order.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, createCaller } from '#test/support/actors/api-client.ts';
import { operative } from '#test/support/data/user-acts.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { inLine } from '#test/support/services/row-locks.ts';
import { aLimited } from '#test/support/steps/administrators.ts';

describeNodes('two administrators who act on each other at once', {}, (nodes) => {
  it('get no error of the server, and exactly one blocks the other', async () => {
    const rounds = 6;
    for (let round = 0; round < rounds; round += 1) {
      const [ann, bob] = [
        await aLimited(through(nodes()), operative),
        await aLimited(through(nodes()), operative),
      ];
      const there = createCaller(through(nodes(), 1), bob.accessToken);
      const reason = { reason: 'a test' };

      // Both have read the rights of the other one when they are let go.
      const answers = await inLine(nodes(), lockOfRights, [
        () => ann.api.post(`users/${bob.person.id}/block`, reason),
        () => there.post(`users/${ann.person.id}/block`, reason),
      ]);

      const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
      assert.deepEqual(statuses, [200, 403], answers.map(({ text }) => text).join(' '));
    }
    for (const { log } of nodes().nodes) assert.doesNotMatch(log(), /40P01|deadlock/);
  });

  it('get no error of the server when they and their clients repeat many acts', async () => {
    const [ann, bob] = [
      await aLimited(through(nodes()), operative),
      await aLimited(through(nodes()), operative),
    ];
    const client = await createApiClient(through(nodes(), 1), operative);
    const there = createCaller(through(nodes(), 1), bob.accessToken);
    const acts = [
      () => ann.api.post(`users/${bob.person.id}/unblock`),
      () => there.post(`users/${ann.person.id}/unblock`),
      () => ann.api.post(`users/${ann.person.id}/unblock`),
      () => ann.api.post(`clients/${client.rp.app.clientId}/unblock`),
      () => client.post(`users/${ann.person.id}/unblock`),
      () => client.post(`clients/${client.rp.app.clientId}/unblock`),
      () => there.delete(`users/${ann.person.id}/credentials/second-factor`),
      () => ann.api.delete(`users/${bob.person.id}/credentials/second-factor`),
    ];

    for (let round = 0; round < 12; round += 1) {
      const answers = await Promise.all(acts.map((act) => act()));
      // A deadlock appears as an unavailable database; Redis may be slow on a busy machine.
      const failed = answers.filter(({ status, text }) => status >= 500 && /database/.test(text));
      assert.deepEqual(failed, []);
    }
    for (const { log } of nodes().nodes) assert.doesNotMatch(log(), /40P01|deadlock/);
  });
});

/** The nodes as one application, whose requests go to one node. */
function through(nodes: Nodes, turn = 0) {
  return { ...nodes, send: nodes.at(turn).send };
}

function lockOfRights(tx: Nodes['services']['db']['knex']): Promise<unknown> {
  return tx.raw('select pg_advisory_xact_lock(7074100816)').then(() => undefined);
}
