// Examples of the commands about grants, credentials and access to clients, and of those that describe
// the server.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { TestApp } from '#test/support/app.ts';
import { made } from './access-control-data.ts';
import { receipt, receiptText, shownUser, userText, type Examples } from './example.ts';

async function withGrant(app: TestApp) {
  const person = await app.createUser();
  const client = await app.createClient({ client_name: 'Tasks' });
  const rp = await app.relyingPartyOf(client);
  await rp.login(person, { scope: 'openid' });
  return { person, clientId: client.clientId };
}

async function grantOf(app: TestApp): Promise<string> {
  const { person } = await withGrant(app);
  const { rows } = await app.services.db.knex.raw<{ rows: { id: string }[] }>(
    'select id from grants where user_id = ?',
    [person.id],
  );
  return rows[0]?.id ?? '';
}

/** A passkey that no authenticator holds. */
async function withPasskey(app: TestApp) {
  const { id } = await app.createUser();
  const credential = randomBytes(16);
  await app.services.db.knex('passkeys').insert({
    credential_id: credential,
    user_id: id,
    public_key: Buffer.from('key'),
    sign_count: 0,
    transports: [],
    device_type: 'multiDevice',
    backed_up: true,
    aaguid: '00000000-0000-0000-0000-000000000000',
    name: 'Key',
    created_at: new Date(),
  });
  return { id, passkey: credential.toString('base64url') };
}

export const accessExamples: Examples = {
  'client access': {
    async prepare(app) {
      const { clientId } = await app.createClient();
      return { args: [clientId, '--allow-role', await made(app, 'role')] };
    },
    text: /^Users with one of these may sign in to this client:\n\nclient_id +\S+\nroles +\S+\n$/,
    json: { client_id: 'text', everyone: 'flag', roles: ['text'], groups: [], organizations: [] },
  },
  'client revoke-grants': {
    prepare: async (app) => ({ args: [(await withGrant(app)).clientId, '--yes'] }),
    text: receiptText('The grants of the client are revoked\\.'),
    json: receipt,
  },
  'grant list': {
    prepare: async (app) => ({ args: [(await withGrant(app)).person.email] }),
    text: /^ID +CLIENT +SCOPE +CREATED +EXPIRES\n\S{43} +Tasks +openid +[\d-]{10} +[\d-]{10}\n$/,
    json: [
      {
        id: 'text',
        user_id: 'text',
        client_id: 'text',
        client_name: 'text',
        scope: 'text',
        claims: [],
        resources: [],
        created_at: 'text',
        expires_at: 'text',
      },
    ],
  },
  'grant revoke': {
    prepare: async (app) => ({ args: [await grantOf(app)] }),
    text: receiptText('The grant is revoked\\.'),
    json: receipt,
  },
  openapi: {
    prepare: () => ({ args: [] }),
    text: /^\{\n  "openapi": "3\.1\.0",\n[^]+\n\}\n$/,
    json: (document) => assert.ok(Object.hasOwn(Object(document), 'paths')),
  },
  version: {
    prepare: () => ({ args: [] }),
    text: /^name +ostiary\nversion +[\d.]+\nnode +v[\d.]+\nplatform +\S+\n$/,
    json: { name: 'text', version: 'text', node: 'text', platform: 'text' },
  },
  statistics: {
    prepare: () => ({ args: [] }),
    text: /^users +\d+\n(?:[a-z_]+ +\d+\n){9}$/,
    json: {
      limit: 'number',
      counts: {
        users: 'number',
        blocked_users: 'number',
        unverified_users: 'number',
        administrators: 'number',
        clients: 'number',
        blocked_clients: 'number',
        api_resources: 'number',
        sessions: 'number',
        grants: 'number',
        outbox: 'number',
      },
    },
  },
  'user credentials': {
    prepare: async (app) => ({ args: [(await app.createUser()).email] }),
    text: /^password +changed \S+Z\nsecond_factor +none\npasskeys +none\n$/,
    json: { password: { changed_at: 'text' }, second_factor: null, passkeys: [] },
  },
  'user remove-password': {
    prepare: async (app) => ({ args: [(await app.createUser()).email] }),
    text: userText('The user has no password any more and is notified by mail\\.'),
    json: shownUser,
  },
  'user remove-passkey': {
    async prepare(app) {
      const { id, passkey } = await withPasskey(app);
      return { args: [id, '--passkey', passkey] };
    },
    text: userText('The passkey is removed, and the user is notified by mail\\.'),
    json: shownUser,
  },
  'user send-recovery-mail': {
    prepare: async (app) => ({ args: [(await app.createUser()).email] }),
    text: /^The mail to \S+@\S+ is queued\.\n$/,
    json: { sent: 'flag' },
  },
};
