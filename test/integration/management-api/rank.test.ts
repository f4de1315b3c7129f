// The rule of rank: a caller acts on a user or client only if it has every right of the target, and
// the write proves it. Requests of two nodes are held between their check and their write.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, createCaller, type ApiAnswer } from '#test/support/actors/api-client.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { acts, operative, type Caller } from '#test/support/data/user-acts.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { inLine } from '#test/support/services/row-locks.ts';
import { aLimited, anAdministrator, permission } from '#test/support/steps/administrators.ts';

describeNodes('an administrator with fewer rights than a user', {}, (nodes) => {
  const kinds: readonly [string, () => Promise<Caller>][] = [
    ['a client', () => createApiClient(through(nodes()), operative)],
    ['a user', async () => (await aLimited(through(nodes()), operative)).api],
    [
      'an administrator with a narrow token',
      async () => (await anAdministrator(through(nodes()), ['admin'], operative)).api,
    ],
  ];
  for (const [kind, create] of kinds) {
    it(`cannot do anything to that user as ${kind}, whether by role or by group`, async () => {
      const { done } = createCommandRunner(nodes().services);
      await done(['role', 'create', 'harmless', '--json']).catch(() => undefined);
      const api = await create();
      const byRole = await aLimited(through(nodes()), ['keys:read']);
      const byGroup = await nodes().createUser();
      const group = `Auditors ${crypto.randomUUID()}`;
      await done(['group', 'create', group]);
      await done(['group', 'add-role', group, '--role', byRole.role]);
      await done(['group', 'add-member', group, '--user', byGroup.id]);

      for (const { id } of [byRole.person, byGroup]) {
        for (const { name, run } of acts) assertRefused(await run(api, `users/${id}`), name);
      }
      const { knex } = nodes().services.db;
      for (const uid of await knex('sessions').where({ user_id: byRole.person.id }).pluck('uid')) {
        assertRefused(await api.delete(`sessions/${String(uid)}`), 'end one session');
      }
      for (const id of await knex('grants').where({ user_id: byRole.person.id }).pluck('id')) {
        assertRefused(await api.delete(`grants/${String(id)}`), 'revoke one grant');
      }
    });
  }

  it('can do everything to a user with no more rights', async () => {
    const api = await createApiClient(through(nodes()), [...operative, 'keys:read']);
    const { person } = await aLimited(through(nodes()), ['keys:read']);

    const blocked = await api.post(`users/${person.id}/block`, { reason: 'a test' });
    const deleted = await api.delete(`users/${person.id}`);

    assert.deepEqual([blocked.status, deleted.status], [200, 200], deleted.text);
  });
});

describeNodes('the write of an administrator', {}, (nodes) => {
  const kinds: readonly [string, () => Promise<Holder>][] = [
    ['a client', () => clientHolder(nodes())],
    ['a user', () => userHolder(nodes())],
  ];
  const repeated = acts.filter(({ name }) =>
    ['block', 'end sessions', 'change the email address', 'remove the password', 'delete'].includes(
      name,
    ),
  );
  for (const [kind, create] of kinds) {
    for (const { name, run } of repeated) {
      it(`refuses to ${name} a user who was promoted since the check, for ${kind}`, async () => {
        const { api } = await create();
        const target = await nodes().createUser();

        const [answer] = await inLine(
          nodes(),
          lockOfRights,
          [() => run(api, `users/${target.id}`)],
          () => assign(nodes(), target.id, 'admin'),
        );

        assertRefused(answer, name);
        const found = await nodes().services.users.findById(target.id);
        assert.deepEqual([found?.email, found?.blockedAt], [target.email, undefined]);
      });

      it(`refuses to ${name} a user for ${kind} who lost the right since the check`, async () => {
        const { api, demote } = await create();
        const target = await nodes().createUser();

        const [answer] = await inLine(
          nodes(),
          lockOfRights,
          [() => run(api, `users/${target.id}`)],
          demote,
        );

        assert.deepEqual([answer?.status, answer?.body['code']], [403, 'insufficient_scope'], name);
        const found = await nodes().services.users.findById(target.id);
        assert.deepEqual([found?.email, found?.blockedAt], [target.email, undefined]);
      });
    }
  }

  it('refuses to change a client that obtained more rights since the check', async () => {
    const { api } = await clientHolder(nodes());
    const paths = ['block', 'unblock', 'rotate-secret', ''];
    for (const verb of paths) {
      const { clientId } = await nodes().createClient({
        scope: 'openid',
        auth: 'client_secret_basic',
      });
      const path = `clients/${clientId}`;
      const [answer] = await inLine(
        nodes(),
        lockOfRights,
        [() => (verb === '' ? api.delete(path) : api.post(`${path}/${verb}`))],
        () => setScope(nodes(), clientId, 'openid keys:read'),
      );

      assertRefused(answer, verb);
      assert.ok(await nodes().services.clientStore.find(clientId));
    }
  });

  it('refuses to register a client for a right that the caller lost since the check', async () => {
    const { api, demote } = await clientHolder(nodes());
    const service = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };

    const [answer] = await inLine(
      nodes(),
      lockOfRights,
      [() => api.post('clients', { ...service, scope: 'users:write' })],
      demote,
    );

    assert.equal(answer?.status, 403, answer?.text);
  });
});

describeNodes('two limited administrators on two nodes', {}, (nodes) => {
  it('cannot raise each other when they act at once', async () => {
    const scopes = ['roles:write', 'users:write'];
    const [ann, bob] = [
      await aLimited(through(nodes()), scopes),
      await aLimited(through(nodes()), scopes),
    ];
    await createCommandRunner(nodes().services).done(
      permission(nodes(), 'add', ann.role, 'keys:read'),
    );
    const there = createCaller(through(nodes(), 1), bob.accessToken);

    const answers = await Promise.all([
      ann.api.post(`users/${bob.person.id}/roles`, { role: 'admin' }),
      there.post(`users/${ann.person.id}/roles`, { role: 'admin' }),
      there.post(`users/${bob.person.id}/roles`, { role: ann.role }),
      there.post(`users/${ann.person.id}/roles`, { role: bob.role }),
      there.post(`users/${ann.person.id}/block`, { reason: 'a test' }),
    ]);

    for (const answer of answers) assert.equal(answer.status, 403, answer.text);
  });

  it('leave no one blocked who is of higher rank when one is promoted meanwhile', async () => {
    const [ann, bob] = [
      await aLimited(through(nodes()), operative),
      await aLimited(through(nodes()), operative),
    ];
    const there = createCaller(through(nodes(), 1), bob.accessToken);

    const [byAnn, byBob] = await inLine(
      nodes(),
      lockOfRights,
      [
        () => ann.api.post(`users/${bob.person.id}/block`, { reason: 'a test' }),
        () => there.post(`users/${ann.person.id}/revoke-tokens`),
      ],
      () => assign(nodes(), bob.person.id, 'auditor'),
    );

    assertRefused(byAnn, 'block');
    assert.equal(byBob?.status, 200, byBob?.text);
  });
});

/** The nodes as one application, whose requests go to one node. */
function through(nodes: Nodes, turn = 0) {
  return { ...nodes, send: nodes.at(turn).send };
}

interface Holder {
  readonly api: Caller;
  demote(): Promise<void>;
}

async function clientHolder(nodes: Nodes): Promise<Holder> {
  const api = await createApiClient(through(nodes), operative);
  const { clientId } = api.rp.app;
  return { api, demote: () => setScope(nodes, clientId, 'users:read') };
}

async function userHolder(nodes: Nodes): Promise<Holder> {
  const { api, person } = await aLimited(through(nodes), operative);
  return {
    api,
    async demote() {
      await nodes.services.db.knex('user_roles').where({ user_id: person.id }).delete();
    },
  };
}

// Written directly, because a change by a service would wait for the lock that the test holds.
async function assign({ services }: Nodes, userId: string, role: string): Promise<void> {
  await services.roles.grant(userId, role, services.now());
}

async function setScope({ services }: Nodes, clientId: string, scope: string): Promise<void> {
  const { knex } = services.db;
  const metadata = knex.raw(`metadata || jsonb_build_object('scope', ?::text)`, [scope]);
  await knex('clients').where({ client_id: clientId }).update({ metadata });
}

function lockOfRights(tx: Nodes['services']['db']['knex']): Promise<unknown> {
  return tx.raw('select pg_advisory_xact_lock(7074100816)').then(() => undefined);
}

function assertRefused(answer: ApiAnswer | undefined, act: string): void {
  assert.deepEqual([answer?.status, answer?.body['code']], [403, 'forbidden'], act);
}
