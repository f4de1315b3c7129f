// Writes that take something from a user prove the rule of rank: requests of an administrator are held
// between their check and their write, while the target is promoted or the administrator loses the
// right. The other acts are in rank.test.ts.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { declared } from '#test/support/data/custom-attributes.ts';
import { operative, type Caller } from '#test/support/data/user-acts.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { inLine } from '#test/support/services/row-locks.ts';
import { aLimited } from '#test/support/steps/administrators.ts';

interface Answered {
  readonly status: number;
}

/** What the user has, which table contains it, and what takes it away. */
interface Removal {
  readonly name: string;
  readonly table: string;
  /** Columns whose values show that the row is still as it was. */
  readonly columns: readonly string[];
  run(api: Caller, owned: Owned): Promise<Answered>;
}

interface Owned {
  readonly userId: string;
  readonly email: string;
  readonly passkey: string;
  readonly identity: string;
  readonly sessionUid: string;
  readonly grantId: string;
}

const value = { name: 'Ann Example' };

const removals: readonly Removal[] = [
  {
    name: 'remove the second factor',
    table: 'totp_credentials',
    columns: ['confirmed_at'],
    run: (api, { userId }) => api.delete(`users/${userId}/credentials/second-factor`),
  },
  {
    name: 'remove a passkey',
    table: 'passkeys',
    columns: ['credential_id'],
    run: (api, { userId, passkey }) =>
      api.delete(`users/${userId}/credentials/passkeys/${passkey}`),
  },
  {
    name: 'remove a linked account',
    table: 'identities',
    columns: ['id'],
    run: (api, { userId, identity }) => api.delete(`users/${userId}/identities/${identity}`),
  },
  {
    name: 'replace custom attributes',
    table: 'user_supplements',
    columns: ['version'],
    run: (api, { userId }) =>
      api.call('PUT', `users/${userId}/supplements/shipping`, {
        body: { name: 'Another Name' },
        headers: { 'if-match': '"1"' },
      }),
  },
  {
    name: 'remove custom attributes',
    table: 'user_supplements',
    columns: ['version'],
    run: (api, { userId }) =>
      api.call('DELETE', `users/${userId}/supplements/shipping`, {
        headers: { 'if-match': '"1"' },
      }),
  },
  {
    name: 'end one session',
    table: 'sessions',
    columns: ['ended_at'],
    run: (api, { sessionUid }) => api.delete(`sessions/${sessionUid}`),
  },
  {
    name: 'revoke one grant',
    table: 'grants',
    columns: ['revoked_at'],
    run: (api, { grantId }) => api.delete(`grants/${grantId}`),
  },
];

describeNodes('the write that removes', { settings: declared }, (nodes) => {
  for (const removal of removals) {
    it(`does not ${removal.name} of a user who was promoted since the check`, async () => {
      const { api } = await aLimited(through(nodes()), operative);
      const owned = await createOwner(nodes());
      const before = await rowsOf(nodes(), removal, owned);

      const [answer] = await inLine(nodes(), lockOfRights, [() => removal.run(api, owned)], () =>
        assign(nodes(), owned.userId, 'admin'),
      );

      assert.equal(answer?.status, 403);
      assert.deepEqual(await rowsOf(nodes(), removal, owned), before);
      assert.equal(before.length, 1);
    });

    it(`does not ${removal.name} for an administrator who lost the right since`, async () => {
      const { api, person } = await aLimited(through(nodes()), operative);
      const owned = await createOwner(nodes());
      const before = await rowsOf(nodes(), removal, owned);

      const [answer] = await inLine(nodes(), lockOfRights, [() => removal.run(api, owned)], () =>
        withdrawAll(nodes(), person.id),
      );

      assert.equal(answer?.status, 403);
      assert.deepEqual(await rowsOf(nodes(), removal, owned), before);
    });

    it(`does ${removal.name} if nothing has changed since the check`, async () => {
      const { api } = await aLimited(through(nodes()), operative);
      const owned = await createOwner(nodes());
      const before = await rowsOf(nodes(), removal, owned);

      const [answer] = await inLine(nodes(), lockOfRights, [() => removal.run(api, owned)]);

      assert.equal(answer?.status, 200);
      assert.notDeepEqual(await rowsOf(nodes(), removal, owned), before);
    });
  }
});

describeNodes('a form of the panel', {}, (nodes) => {
  const forms = [
    { name: 'block', path: 'block', table: 'users', column: 'blocked_at' },
    { name: 'sign out', path: 'sign-out', table: 'sessions', column: 'ended_at' },
    {
      name: 'remove the second factor of',
      path: 'second-factor',
      table: 'totp_credentials',
      column: 'user_id',
    },
    { name: 'delete', path: 'delete', table: 'users', column: 'id' },
  ] as const;
  for (const { name, path, table, column } of forms) {
    it(`does not ${name} a user who was promoted since it was checked`, async () => {
      const { browser } = await signInLimited(nodes());
      const owned = await createOwner(nodes());
      const form = await browser.open(`/auth/admin/users/${owned.userId}/${path}`);
      const of = { table, columns: [column] };
      const before = await rowsOf(nodes(), of, owned);
      const fields = { reason: 'A takeover', ...(path === 'delete' ? { email: owned.email } : {}) };

      const [page] = await inLine(nodes(), lockOfRights, [() => form.press('submit', fields)], () =>
        assign(nodes(), owned.userId, 'admin'),
      );

      assert.equal(page?.status, 403, page?.text);
      assert.deepEqual(await rowsOf(nodes(), of, owned), before);
    });
  }
});

/** The nodes as one application, whose requests go to one node. */
function through(nodes: Nodes, turn = 0) {
  return { ...nodes, send: nodes.at(turn).send };
}

/** A user with a session, a grant and one credential of each kind. */
async function createOwner(nodes: Nodes): Promise<Owned> {
  const { knex } = nodes.services.db;
  const at = new Date();
  const rp = await nodes.relyingParty();
  const person = await nodes.createUser();
  await rp.login(person, { scope: 'openid offline_access', prompt: 'consent' });
  const owner = { user_id: person.id };
  const passkey = randomBytes(16).toString('base64url');
  const identity = crypto.randomUUID();
  await knex('totp_credentials').insert({
    ...owner,
    sealed: Buffer.from('sealed'),
    created_at: at,
    confirmed_at: at,
  });
  await knex('passkeys').insert({
    ...owner,
    credential_id: Buffer.from(passkey, 'base64url'),
    public_key: randomBytes(32),
    sign_count: 0,
    transports: ['internal'],
    device_type: 'multiDevice',
    backed_up: true,
    aaguid: '00000000-0000-0000-0000-000000000000',
    name: 'Passkey',
    created_at: at,
  });
  await knex('identities').insert({
    ...owner,
    id: identity,
    issuer: 'https://provider.example',
    subject: person.id,
    provider_id: 'example',
    linked_at: at,
  });
  await knex('user_supplements').insert({
    ...owner,
    namespace: 'shipping',
    value,
    version: 1,
    updated_at: at,
    updated_by: 'operator',
  });
  const [sessionUid] = await knex('sessions').where(owner).pluck('uid');
  const [grantId] = await knex('grants').where(owner).pluck('id');
  return { userId: person.id, email: person.email, passkey, identity, sessionUid, grantId };
}

async function rowsOf(
  { services }: Nodes,
  { table, columns }: Pick<Removal, 'table' | 'columns'>,
  { userId }: Owned,
): Promise<readonly object[]> {
  const owner = table === 'users' ? 'id' : 'user_id';
  return services.db
    .knex(table)
    .where({ [owner]: userId })
    .select(...columns);
}

async function signInLimited(nodes: Nodes) {
  const { person } = await aLimited(through(nodes), operative);
  const browser = nodes.browser();
  const signIn = await browser.open('/auth/admin');
  await signIn.press('sign-in', { login: person.email, password: person.password });
  return { browser };
}

// Written directly, because a change by a service would wait for the lock that the test holds.
async function assign({ services }: Nodes, userId: string, role: string): Promise<void> {
  await services.roles.grant(userId, role, services.now());
}

async function withdrawAll({ services }: Nodes, userId: string): Promise<void> {
  await services.db.knex('user_roles').where({ user_id: userId }).delete();
}

function lockOfRights(tx: Nodes['services']['db']['knex']): Promise<unknown> {
  return tx.raw('select pg_advisory_xact_lock(7074100816)').then(() => undefined);
}
