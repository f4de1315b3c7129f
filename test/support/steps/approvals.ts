// Steps for tests of approvals: administrators on two nodes, and their requests.
import assert from 'node:assert/strict';
import { createCaller } from '#test/support/actors/api-client.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { anAdministrator } from './administrators.ts';

export const approvalSettings = {
  APPROVAL_REQUIRED: 'users.delete,roles.grant-admin,sessions.end-all',
};

/** The nodes as one application, whose requests go to one node. */
export function through(nodes: Nodes, turn = 0) {
  return { ...nodes, send: nodes.at(turn).send };
}

// Created through the store, because these nodes require approvals for commands too.
export async function anAdmin(nodes: Nodes, turn = 0) {
  await nodes.services.db.knex('approvals').where({ state: 'pending' }).delete();
  const { person, accessToken } = await anAdministratorBy(nodes);
  return { person, accessToken, api: createCaller(through(nodes, turn), accessToken) };
}

export async function anAdministratorBy(nodes: Nodes) {
  const person = await nodes.createUser();
  await nodes.services.roles.grant(person.id, 'admin', nodes.services.now());
  return { ...(await anAdministrator(through(nodes), [], undefined, person)), person };
}

export type Admin = Awaited<ReturnType<typeof anAdmin>>;

export async function requestDeletion({ api }: Admin, userId: string): Promise<string> {
  const answer = await api.delete(`users/${userId}`);
  assert.equal(answer.status, 202, answer.text);
  return String(Object(answer.body['approval']).id);
}

/** The id in a response that says that the act waits. */
export function idIn({ status, body, text }: Awaited<ReturnType<Admin['api']['get']>>): string {
  assert.equal(status, 202, text);
  return String(Object(body['approval']).id);
}
