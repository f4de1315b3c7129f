// Examples of the commands about the audit log, linked accounts and custom attributes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestApp } from '#test/support/app.ts';
import { shownUser, userText, type Examples, type Shape } from './example.ts';

async function withIdentity(app: TestApp) {
  const { id: userId, email } = await app.createUser();
  const id = randomUUID();
  await app.services.db.knex('identities').insert({
    id,
    user_id: userId,
    issuer: 'https://accounts.example',
    subject: `ann-${id}`,
    provider_id: 'accounts',
    linked_at: app.services.now(),
  });
  return { id, email };
}

const value = JSON.stringify({ name: 'Ann Lee' });

async function withValue(app: TestApp): Promise<string> {
  const { id, email } = await app.createUser();
  const { supplements } = app.services;
  const wish = {
    userId: id,
    namespace: 'shipping',
    expected: 0,
    actor: { kind: 'operator' },
  } as const;
  await supplements.save(wish, { name: 'Ann Lee' });
  return email;
}

const change: Shape = {
  namespace: 'text',
  version: 'number',
  receipt: { id: 'text', at: 'text' },
};

export const dataExamples: Examples = {
  'audit search': {
    prepare: async (app) => ({ args: ['--user', (await app.createUser()).email] }),
    text: /^AT +EVENT +ACTOR +USER +CLIENT\n\S+Z +user\.registered +operator +\S{36} +-\n$/,
    json: [
      {
        id: 'text',
        at: 'text',
        event: 'text',
        actor: { kind: 'text', id: null },
        user_id: 'text',
        client_id: null,
        session_uid: null,
        request_id: null,
        details: {},
        personal: null,
        seq: null,
      },
    ],
  },
  'user identities': {
    prepare: async (app) => ({ args: [(await withIdentity(app)).email] }),
    text: /^ID +PROVIDER +SUBJECT +EMAIL +LINKED +LAST USED\n\S{36} +accounts +ann-\S+ +- +[\d-]{10} +-\n$/,
    json: [
      {
        id: 'text',
        provider: 'text',
        issuer: 'text',
        subject: 'text',
        email: null,
        linked_at: 'text',
        last_used_at: null,
      },
    ],
  },
  'user remove-identity': {
    async prepare(app) {
      const { id, email } = await withIdentity(app);
      return { args: [email, '--identity', id] };
    },
    text: userText('The account is unlinked, and the user is notified by mail\\.'),
    json: shownUser,
  },
  'supplement list': {
    prepare: () => ({ args: [] }),
    text: /^NAMESPACE +USER MAY +SCOPE\nshipping +write +shipping\ntier +read +membership\nfraud-score +none +-\n$/,
    json: (document) => assert.ok(Array.isArray(document) && document.length === 3),
  },
  'supplement show': {
    prepare: async (app) => ({ args: [await withValue(app)] }),
    text: /^NAMESPACE +VERSION +UPDATED +VALUE\nshipping +1 +\S+Z +\{"name":"Ann Lee"\}\n$/,
    json: [
      {
        namespace: 'text',
        version: 'number',
        updated_at: 'text',
        updated_by: 'text',
        value: { name: 'text' },
      },
    ],
  },
  'supplement set': {
    async prepare(app) {
      const { email } = await app.createUser();
      return { args: [email, '--namespace', 'shipping', '--value', '-'], stdin: value };
    },
    text: /^The value is stored\. Version 1\.\n$/,
    json: change,
  },
  'supplement remove': {
    prepare: async (app) => ({ args: [await withValue(app), '--namespace', 'shipping'] }),
    text: /^The value is removed\. Version \d+\.\n$/,
    json: change,
  },
};
