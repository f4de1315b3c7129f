// The commands role, group and organization: output, audit, and what they refuse.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';

describeApp('role', {}, (app) => {
  it('creates, shows, updates, lists and deletes roles', async () => {
    const { done } = createCommandRunner(app().services);
    const { clientId } = await app().createClient();
    const { audience } = await app().createApi({ scopes: ['read', 'write'] });
    const permission = ['--resource', audience, '--scopes', 'read write'];

    const created = await done(['role', 'create', 'editor', '--description', 'Edits', '--json']);
    const own = await done(['role', 'create', 'buyer', '--client', clientId]);
    const granting = await done(['role', 'add-permission', 'editor', ...permission]);
    const shown = await done(['role', 'show', 'editor', '--json']);
    const updated = await done(['role', 'update', 'editor', '--description', 'Edits all']);
    const listed = await done(['role', 'list', '--client', clientId, '--json']);
    const all = await done(['role', 'list', '--limit', '1']);
    const poorer = await done(['role', 'remove-permission', 'editor', ...permission, '--json']);
    const deleted = await done(['role', 'delete', 'editor', '--yes', '--json']);

    const { created_at: _, ...document } = created.json();
    assert.deepEqual(document, {
      id: 'editor',
      name: 'editor',
      client_id: null,
      description: 'Edits',
      built_in: false,
      permissions: [],
    });
    assert.match(own.out, new RegExp(`^The role is created\\.\\n\\nid +${clientId}:buyer\\n`));
    assert.match(granting.out, /^The role grants the permission\.[^]*SCOPES\n.* +read write\n$/);
    assert.deepEqual(shown.json()['permissions'], [{ audience, scopes: ['read', 'write'] }]);
    assert.match(updated.out, /description +Edits all\n/);
    assert.deepEqual(idsIn(listed.out), [`${clientId}:buyer`]);
    assert.match(all.out, /^ID +CLIENT +DESCRIPTION\n.+\n\nThere are more: add --after /);
    assert.deepEqual(poorer.json()['permissions'], []);
    assert.deepEqual(deleted.json(), { id: 'editor', deleted: true });
    assert.deepEqual(await eventsOf(app(), 'role', 'editor'), [
      'role.created',
      'role.permissions_changed',
      'role.updated',
      'role.permissions_changed',
      'role.deleted',
    ]);
  });

  it('refuses names, permissions and roles that do not exist or are built in', async () => {
    const { done, run } = createCommandRunner(app().services);
    const { audience } = await app().createApi({ scopes: ['read'] });
    await done(['role', 'create', 'twice']);
    const cases = [
      [['role', 'create', 'Not A Name'], 2, /NAME must be up to 64 lower case letters/],
      [['role', 'create', 'twice'], 4, /A role with this name already exists/],
      [['role', 'create', 'x', '--client', 'unknown'], 3, /Client not found/],
      [['role', 'show', 'unknown'], 3, /Role not found/],
      [['role', 'update', 'admin', '--description', 'x'], 4, /built in/],
      [['role', 'delete', 'auditor', '--yes'], 4, /built in/],
      [['role', 'delete', 'twice'], 2, /Add --yes to confirm/],
      [addPermission('admin', audience, 'read'), 4, /built in/],
      [addPermission('twice', audience, 'fly'), 1, /The API has no scope "fly"/],
      [addPermission('twice', 'https://unknown.example', 'read'), 1, /no API with this audience/],
    ] as const;

    for (const [args, exitCode, message] of cases) {
      const ran = await run(args);

      assert.match(ran.err, message);
      assert.equal(ran.exitCode, exitCode, args.join(' '));
    }
  });

  it('takes the role from users, groups and clients when it is deleted', async () => {
    const { done } = createCommandRunner(app().services);
    const person = await app().createUser();
    await done(['role', 'create', 'passing']);
    await done(['user', 'add-role', person.id, '--role', 'passing']);
    await done(['group', 'create', 'Passing']);
    await done(['group', 'add-role', 'Passing', '--role', 'passing']);

    await done(['role', 'delete', 'passing', '--yes']);

    const user = await done(['user', 'show', person.id, '--json']);
    const group = await done(['group', 'show', 'Passing', '--json']);
    assert.deepEqual([user.json()['roles'], group.json()['roles']], [[], []]);
  });
});

describeApp('group', {}, (app) => {
  it('creates, changes and deletes groups, their members and roles', async () => {
    const { done } = createCommandRunner(app().services);
    const person = await app().createUser();
    await done(['role', 'create', 'seller']);
    const user = ['--user', person.email];

    const created = await done(['group', 'create', 'Sales Team', '--description', 'Sells']);
    const added = await done(['group', 'add-member', 'Sales Team', ...user]);
    const again = await done(['group', 'add-member', 'Sales Team', ...user]);
    const carrying = await done(['group', 'add-role', 'Sales Team', '--role', 'seller', '--json']);
    const shown = await done(['group', 'show', 'Sales Team']);
    const renamed = await done(['group', 'update', 'Sales Team', '--name', 'Sales', '--json']);
    const listed = await done(['group', 'list']);
    const bare = await done(['group', 'remove-role', 'Sales', '--role', 'seller', '--json']);
    const removed = await done(['group', 'remove-member', 'Sales', ...user]);
    await done(['group', 'delete', 'Sales', '--yes']);

    assert.match(created.out, /^The group is created\.\n\nid +.*\nname +Sales Team\n/);
    assert.match(added.out, /^The user is now a member\./);
    assert.match(again.out, /^The user was already a member\./);
    assert.deepEqual(carrying.json()['roles'], ['seller']);
    assert.match(shown.out, new RegExp(`MEMBER +ID\n${person.email} +${person.id}\n`));
    assert.equal(renamed.json()['member_count'], 1);
    assert.match(listed.out, /^NAME +MEMBERS +ROLES +ID\nSales +1 +seller /);
    assert.deepEqual(bare.json()['roles'], []);
    assert.match(removed.out, /^The user is no longer a member\./);
    assert.deepEqual(await eventsOf(app(), 'group', String(renamed.json()['id'])), [
      'group.created',
      'group.member_added',
      'group.role_added',
      'group.updated',
      'group.role_removed',
      'group.member_removed',
      'group.deleted',
    ]);
  });

  it('refuses a name that is taken or empty, and an unknown group, user or role', async () => {
    const { done, run } = createCommandRunner(app().services);
    await done(['group', 'create', 'First']);
    await done(['group', 'create', 'Second']);
    const cases = [
      [['group', 'create', 'First'], 4],
      [['group', 'update', 'Second', '--name', 'First'], 4],
      [['group', 'update', 'Second'], 2],
      [['group', 'create', ' '], 2],
      [['group', 'show', 'Third'], 3],
      [['group', 'add-member', 'First', '--user', 'unknown@example.org'], 3],
      [['group', 'add-role', 'First', '--role', 'unknown'], 3],
    ] as const;

    for (const [args, exitCode] of cases) {
      assert.equal((await run(args)).exitCode, exitCode, args.join(' '));
    }
  });
});

describeApp('organization', {}, (app) => {
  it('creates, changes and deletes organizations, their members and the roles in them', async () => {
    const { done } = createCommandRunner(app().services);
    const person = await app().createUser();
    await done(['role', 'create', 'manager']);
    const user = ['--user', person.email];
    const role = [...user, '--role', 'manager'];

    const created = await done(['organization', 'create', 'acme', '--display-name', 'Acme Ltd.']);
    const added = await done(['organization', 'add-member', 'acme', ...user, '--json']);
    const managing = await done(['organization', 'add-role', 'acme', ...role]);
    const shown = await done(['organization', 'show', 'acme', '--json']);
    const renamed = await done(['organization', 'update', 'acme', '--name', 'acme-2', '--json']);
    const listed = await done(['organization', 'list']);
    const bare = await done(['organization', 'remove-role', 'acme-2', ...role]);
    const removed = await done(['organization', 'remove-member', 'acme-2', ...user]);
    const deleted = await done(['organization', 'delete', 'acme-2', '--yes', '--json']);

    assert.match(created.out, /display_name +Acme Ltd\.\n/);
    assert.equal(added.json()['member_count'], 1);
    assert.match(managing.out, /^The member now has the role\./);
    assert.match(JSON.stringify(shown.json()['members']), /"roles":\["manager"\]/);
    assert.equal(renamed.json()['name'], 'acme-2');
    assert.match(listed.out, /^NAME +DISPLAY NAME +MEMBERS +ID\nacme-2 +Acme Ltd\. +1 /);
    assert.match(bare.out, /^The member no longer has the role\./);
    assert.match(removed.out, /^The user is no longer a member\./);
    assert.equal(deleted.json()['deleted'], true);
    assert.deepEqual(await eventsOf(app(), 'organization', String(deleted.json()['id'])), [
      'organization.created',
      'organization.member_added',
      'organization.role_added',
      'organization.updated',
      'organization.role_removed',
      'organization.member_removed',
      'organization.deleted',
    ]);
  });

  it('gives roles to members only', async () => {
    const { done, run } = createCommandRunner(app().services);
    const person = await app().createUser();
    await done(['role', 'create', 'guest']);
    await done(['organization', 'create', 'closed']);
    const role = ['--user', person.id, '--role', 'guest'];

    const ran = await run(['organization', 'add-role', 'closed', ...role]);

    assert.equal(ran.exitCode, 3);
    assert.match(ran.err, /The user is not a member of the organization/);
  });
});

function addPermission(role: string, audience: string, scopes: string) {
  return ['role', 'add-permission', role, '--resource', audience, '--scopes', scopes];
}

/** The names of the audit events about a role, group or organization. */
async function eventsOf(app: TestApp, kind: string, id: string): Promise<unknown[]> {
  const { knex } = app.services.db;
  return knex('audit_events')
    .whereRaw('details ->> ? = ?', [kind, id])
    .whereNotIn('event', ['role.granted', 'role.removed'])
    .orderBy(['at', 'id'])
    .pluck('event');
}

function idsIn(out: string): unknown {
  const parsed: unknown = JSON.parse(out);
  return Array.isArray(parsed) ? parsed.map(({ id }: { id: string }) => id) : parsed;
}
