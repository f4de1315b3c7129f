// Administrators who decide about each other's requests at once, on two nodes: no deadlock, and no act is
// performed by or for an administrator who was deleted.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createCaller } from '#test/support/actors/api-client.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { inLine } from '#test/support/services/row-locks.ts';
import {
  anAdministratorBy,
  approvalSettings,
  requestDeletion,
  through,
} from '#test/support/steps/approvals.ts';

const rounds = 3;
const settings = { ...approvalSettings, LOG_LEVEL: 'warn' };

describeNodes('two administrators who approve at once', { settings }, (nodes) => {
  async function anAdmin(turn: number) {
    const { person, accessToken } = await anAdministratorBy(nodes());
    return { person, accessToken, api: createCaller(through(nodes(), turn), accessToken) };
  }

  /** Both have begun before either of them continues. */
  async function approveAtOnce(
    acts: readonly (readonly [Awaited<ReturnType<typeof anAdmin>>, string])[],
  ) {
    const answers = await inLine(
      nodes(),
      lockOfRights,
      acts.map(
        ([{ api }, id]) =>
          () =>
            api.post(`approvals/${id}/approve`),
      ),
    );
    for (const { log } of nodes().nodes) assert.doesNotMatch(log(), /40P01|deadlock/);
    return answers;
  }

  const stateOf = async (id: string) => (await nodes().services.approvals.find(id)).state;
  const exists = async (id: string) => (await nodes().services.users.findById(id)) !== undefined;

  it('both perform what the other one requested', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [ann, bob] = [await anAdmin(0), await anAdmin(1)];
      const [first, second] = [await nodes().createUser(), await nodes().createUser()];
      const ofAnn = await requestDeletion(ann, first.id);
      const ofBob = await requestDeletion(bob, second.id);

      const answers = await approveAtOnce([
        [ann, ofBob],
        [bob, ofAnn],
      ]);

      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200],
        answers.map(({ text }) => text).join(),
      );
      assert.deepEqual([await exists(first.id), await exists(second.id)], [false, false]);
    }
  });

  it('one of them is deleted when each approves the deletion of the other', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [ann, bob, cyd] = [await anAdmin(0), await anAdmin(1), await anAdmin(0)];
      const ofAnn = await requestDeletion(cyd, ann.person.id);
      const ofBob = await requestDeletion(cyd, bob.person.id);

      const answers = await approveAtOnce([
        [ann, ofBob],
        [bob, ofAnn],
      ]);

      const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
      assert.equal(statuses[0], 200, answers.map(({ text }) => text).join());
      assert.ok([401, 403].includes(statuses[1] ?? 0), answers.map(({ text }) => text).join());
      const left = [await exists(ann.person.id), await exists(bob.person.id)];
      assert.deepEqual(
        left.map(Number).toSorted((a, b) => a - b),
        [0, 1],
      );
      const states = [await stateOf(ofAnn), await stateOf(ofBob)];
      assert.deepEqual(states.toSorted(), ['executed', 'pending']);
    }
  });

  it('one of them is deleted when each approves the own deletion that the other requested', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [ann, bob] = [await anAdmin(0), await anAdmin(1)];
      const ofAnn = await requestDeletion(bob, ann.person.id);
      const ofBob = await requestDeletion(ann, bob.person.id);

      const answers = await approveAtOnce([
        [ann, ofAnn],
        [bob, ofBob],
      ]);

      const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
      assert.equal(statuses[0], 200, answers.map(({ text }) => text).join());
      assert.ok((statuses[1] ?? 0) > 400 && (statuses[1] ?? 0) < 500, JSON.stringify(statuses));
      const left = [await exists(ann.person.id), await exists(bob.person.id)];
      assert.deepEqual(
        left.map(Number).toSorted((a, b) => a - b),
        [0, 1],
      );
      const states = [await stateOf(ofAnn), await stateOf(ofBob)];
      assert.equal(states.filter((state) => state === 'executed').length, 1);
    }
  });
});

function lockOfRights(tx: Nodes['services']['db']['knex']): Promise<unknown> {
  return tx.raw('select pg_advisory_xact_lock(7074100816)').then(() => undefined);
}
