// Examples of the commands about approvals.
import { randomUUID } from 'node:crypto';
import { managementScopes } from '#core/clients/scopes.ts';
import type { TestApp } from '#test/support/app.ts';
import type { Examples, Shape } from './example.ts';

const party = { kind: 'text', id: 'text' } satisfies Shape;

const pending = {
  id: 'text',
  act: 'text',
  target: { user_id: 'text' },
  requested_by: party,
  reason: null,
  state: 'text',
  created_at: 'text',
  expires_at: 'text',
  decided_by: null,
  decided_at: null,
  refusal: null,
} satisfies Shape;

const decided = {
  ...pending,
  decided_by: { kind: 'text', id: null },
  decided_at: 'text',
} satisfies Shape;

const values = String.raw`id +[\w-]{36}\nact +users\.delete\nstate +\w+\n(?:\w+ +\S+Z\n){3}target +[\w-]{36}\nrequested_by +user [\w-]{36}\n`;

export const approvalExamples: Examples = {
  'approvals list': {
    async prepare(app) {
      await request(app);
      return { args: ['--limit', '1'] };
    },
    text: /^ID +STATE +ACT +TARGET +REQUESTED BY +EXPIRES\n[\w-]{36} +pending +users\.delete +[\w-]{36} +user [\w-]{36} +\S+Z\n(?:\nThere are more: add --after [\w-]{36}\n)?$/,
    json: [pending],
  },
  'approvals approve': {
    prepare: async (app) => ({ args: [await request(app)] }),
    text: new RegExp(`^Approved, and done\\.\\n\\n${values}$`),
    json: decided,
  },
  'approvals reject': {
    prepare: async (app) => ({ args: [await request(app)] }),
    text: new RegExp(`^Rejected\\.\\n\\n${values}$`),
    json: decided,
  },
};

/** A request of an administrator to delete an account; this application itself requires no approval. */
async function request(app: TestApp): Promise<string> {
  const { db, roles, now } = app.services;
  const [requester, target] = [await app.createUser(), await app.createUser()];
  await roles.grant(requester.id, 'admin', now());
  const id = randomUUID();
  const version = await db.transaction((tx) => app.services.approvalStore.versionOf(target.id, tx));
  await db.knex('approvals').insert({
    id,
    act: 'users.delete',
    user_id: target.id,
    target_version: version,
    requester_kind: 'user',
    requester_id: requester.id,
    scopes: [...managementScopes],
    created_at: now(),
    expires_at: new Date(now().getTime() + 60_000),
  });
  return id;
}
