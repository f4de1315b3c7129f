// Limited administrators: roles with permissions of the management API. They cannot raise themselves
// or each other, and cannot touch users with more rights.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { managementScopes } from '#core/clients/scopes.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import type { ApiAnswer } from '#test/support/actors/api-client.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { listApiRoutes } from '#server/routes/management-api.ts';
import { inLine } from '#test/support/services/row-locks.ts';
import { aLimited, anAdministrator, permission } from '#test/support/steps/administrators.ts';

describeApp('the access token of an administrator', {}, (app) => {
  it('contains the scopes that the role permits and no others', async () => {
    const auditor = await anAdministrator(app(), ['auditor']);
    const admin = await anAdministrator(app(), ['admin']);
    const withoutRights = await anAdministrator(app(), []);
    const helper = await aLimited(app(), ['users:read', 'users:write']);

    const reads = managementScopes.filter((scope) => scope.endsWith(':read'));
    assert.deepEqual(auditor.scopes, reads);
    assert.deepEqual(admin.scopes, [...managementScopes]);
    assert.deepEqual(withoutRights.scopes, []);
    assert.deepEqual(helper.scopes, ['users:read', 'users:write']);
  });

  it('loses a right on the next request after the role lost it', async () => {
    const { done } = createCommandRunner(app().services);
    const helper = await aLimited(app(), ['users:read']);
    const { id } = await app().createUser();
    assert.equal((await helper.api.get(`users/${id}`)).status, 200);

    await done(permission(app(), 'remove', helper.role, 'users:read'));

    assertRefused(await helper.api.get(`users/${id}`), 'insufficient_scope');
  });
});

describeApp('an auditor', {}, (app) => {
  it('reads and changes nothing', async () => {
    const { api } = await anAdministrator(app(), ['auditor']);
    const { id } = await app().createUser();

    assert.equal((await api.get(`users/${id}`)).status, 200);
    assert.equal((await api.get('roles')).status, 200);
    const block = await api.post(`users/${id}/block`, { reason: 'a test' });
    assertRefused(block, 'insufficient_scope');
    assertRefused(await api.post('roles', { name: 'own' }), 'insufficient_scope');
  });
});

describeApp('every route of the management API', {}, (app) => {
  it('refuses users without rights, and every change by an auditor', async () => {
    const user = await anAdministrator(app(), []);
    const auditor = await anAdministrator(app(), ['auditor']);
    for (const { method, path } of listApiRoutes(app().services)) {
      const address = path.slice(1).replaceAll(/\{\w+\}/g, crypto.randomUUID());
      const [refused, read] = await Promise.all([
        user.api.call(method, address),
        auditor.api.call(method, address),
      ]);

      assertRefused(refused, 'insufficient_scope');
      if (method !== 'GET') assertRefused(read, 'insufficient_scope');
      else assert.ok([200, 400, 404].includes(read.status), `${path} ${read.status}`);
    }
  });
});

describeApp('a limited administrator', {}, (app) => {
  it('can do what the role permits, with users who have no more rights', async () => {
    const manager = await aLimited(app(), ['roles:read', 'roles:write', 'groups:write']);
    const { id } = await app().createUser();

    const created = await manager.api.post('roles', { name: 'reviewer' });
    const granted = await manager.api.post(`users/${id}/roles`, { role: 'reviewer' });
    const group = await manager.api.post('groups', { name: 'Reviewers' });
    const member = await manager.api.post(`groups/${String(group.body['id'])}/members`, {
      user_id: id,
    });

    for (const answer of [created, granted, group, member]) assert.equal(answer.status, 200);
    assert.deepEqual(granted.body['roles'], ['reviewer']);
    assert.equal(member.body['member_count'], 1);
  });

  it('cannot give rights that it lacks to itself or others, in any way', async () => {
    const { done } = createCommandRunner(app().services);
    const scopes = ['roles:write', 'groups:write', 'organizations:write', 'users:write'];
    const limited = await aLimited(app(), scopes);
    const { id } = limited.person;
    const [role, group] = ['strong', 'Strong'];
    await done(['role', 'create', role]);
    await done(permission(app(), 'add', role, 'clients:write'));
    const created = await done(['group', 'create', group, '--json']);
    await done(['group', 'add-role', group, '--role', role]);
    const strong = String(created.json()['id']);
    const audience = `${app().issuer}/auth/api`;
    const weak = await limited.api.post('groups', { name: 'Weak' });

    const attempts = [
      limited.api.post(`users/${id}/roles`, { role: 'admin' }),
      limited.api.post(`users/${id}/roles`, { role: 'auditor' }),
      limited.api.post(`users/${id}/roles`, { role }),
      limited.api.post(`roles/${limited.role}/permissions`, { audience, scopes: ['keys:write'] }),
      limited.api.post(`roles/${limited.role}/permissions`, { audience, scopes: ['audit:read'] }),
      limited.api.post(`groups/${strong}/members`, { user_id: id }),
      limited.api.post(`groups/${String(weak.body['id'])}/roles`, { role: 'admin' }),
      limited.api.post(`groups/${String(weak.body['id'])}/roles`, { role }),
      limited.api.delete(`roles/${role}`),
      limited.api.delete(`groups/${strong}`),
    ];

    for (const answer of await Promise.all(attempts)) {
      assert.ok([400, 403].includes(answer.status), answer.text);
    }
    const { assignments } = app().services;
    assert.deepEqual((await assignments.find(id)).roles, [limited.role]);
  });

  it('cannot touch a user with more rights', async () => {
    const { done } = createCommandRunner(app().services);
    const scopes = ['users:write', 'roles:write', 'sessions:write', 'grants:write'];
    const limited = await aLimited(app(), scopes);
    const admin = await app().createUser();
    const rp = await app().relyingParty();
    await rp.login(admin);
    const [session] = await sessionsOf(app(), admin.id);
    await done(['user', 'add-role', admin.id, '--role', 'admin']);
    await done(['role', 'create', 'harmless']);

    const block = await limited.api.post(`users/${admin.id}/block`, { reason: 'a test' });
    const role = await limited.api.post(`users/${admin.id}/roles`, { role: 'harmless' });
    const withdrawn = await limited.api.delete(`users/${admin.id}/roles/admin`);

    const ended = await limited.api.delete(`sessions/${String(session)}`);
    const [grant] = await app().services.db.knex('grants').where({ user_id: admin.id }).pluck('id');
    const revoked = await limited.api.delete(`grants/${String(grant)}`);

    for (const answer of [block, role, withdrawn, ended, revoked]) {
      assertRefused(answer, 'forbidden');
    }
    assert.deepEqual(await sessionsOf(app(), admin.id), [session]);
    const shown = await app().services.users.findById(admin.id);
    assert.deepEqual([shown?.blockedAt, shown?.roles], [undefined, ['admin']]);
  });

  it('cannot touch a client that is registered for more rights', async () => {
    const limited = await aLimited(app(), ['clients:write', 'users:read']);
    const strong = await app().createClient({ scope: 'openid users:write' });
    const equal = await app().createClient({ scope: 'openid users:read' });
    const plain = await app().createClient();

    const block = await limited.api.post(`clients/${strong.clientId}/block`);
    const others = await Promise.all(
      [equal, plain].map(({ clientId }) => limited.api.post(`clients/${clientId}/block`)),
    );

    assertRefused(block, 'forbidden');
    assert.deepEqual(
      others.map(({ status }) => status),
      [200, 200],
    );
  });

  it('cannot use a token with few scopes to confer a right that only its user has', async () => {
    const admin = await anAdministrator(app(), ['admin'], ['roles:write']);
    const { id } = await app().createUser();

    assertRefused(await admin.api.post(`users/${id}/roles`, { role: 'admin' }), 'forbidden');
  });

  it('cannot give a role of one client, or one in an organization, administrative rights', async () => {
    const { run, done } = createCommandRunner(app().services);
    const { clientId } = await app().createClient();
    await done(['role', 'create', 'boss', '--client', clientId]);
    await done(['organization', 'create', 'wayne']);
    const person = await app().createUser();
    await done(['organization', 'add-member', 'wayne', '--user', person.id]);
    const member = ['wayne', '--user', person.id];

    const own = await run(permission(app(), 'add', `${clientId}:boss`, 'users:write'));
    const inside = await run(['organization', 'add-role', ...member, '--role', 'admin']);

    assert.match(own.err, /Only a global role can grant permissions of the management API/);
    assert.match(inside.err, /does not belong to an organization/);
  });
});

describeApp('two limited administrators who act at the same time', {}, (app) => {
  it('cannot raise each other: the write proves that the author still has the right', async () => {
    const { services } = app();
    const scopes = ['roles:write', 'users:write'];
    const [ann, bob] = [await aLimited(app(), scopes), await aLimited(app(), scopes)];
    const { db } = services;

    // Both requests have passed the check of the token when they reach the lock. Ann takes Bob's role
    // first; Bob's request to give Ann his own role then comes too late.
    const [first, second] = await inLine(
      app(),
      (tx) => tx.raw('select pg_advisory_xact_lock(7074100816)'),
      [
        () => ann.api.delete(`users/${bob.person.id}/roles/${bob.role}`),
        () => bob.api.post(`users/${ann.person.id}/roles`, { role: bob.role }),
      ],
    );

    assert.equal(first?.status, 200);
    assertRefused(second, 'insufficient_scope');
    const roles = await db.knex('user_roles').where({ user_id: ann.person.id }).pluck('role');
    assert.deepEqual(roles, [ann.role]);
  });

  it('can no longer act if it was blocked meanwhile', async () => {
    const limited = await aLimited(app(), ['roles:write']);
    const { id } = await app().createUser();
    await createCommandRunner(app().services).done(['role', 'create', 'late']);

    const [answer] = await inLine(
      app(),
      (tx) => tx.raw('select pg_advisory_xact_lock(7074100816)'),
      [() => limited.api.post(`users/${id}/roles`, { role: 'late' })],
      () => app().block(limited.person.id),
    );

    assertRefused(answer, 'insufficient_scope');
    assert.deepEqual((await app().services.users.findById(id))?.roles, []);
  });
});

async function sessionsOf(app: TestApp, userId: string): Promise<unknown[]> {
  const live = { user_id: userId, ended_at: null };
  return app.services.db.knex('sessions').where(live).pluck('uid');
}

function assertRefused(answer: ApiAnswer | undefined, code: string): void {
  assert.deepEqual([answer?.status, answer?.body['code']], [403, code], answer?.text);
}
