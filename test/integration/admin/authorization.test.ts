// Roles, groups and organizations in the panel.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import { describeApp } from '#test/support/app.ts';
import { eventsOf, signInToPanel } from '#test/support/steps/panel.ts';

const reason = 'A new colleague';

describeApp('roles in the panel', {}, (app) => {
  it('creates a role, gives it rights, grants it, withdraws it and deletes it', async () => {
    const admin = await signInToPanel(app());
    const person = await app().createUser();
    const { services, issuer } = app();
    const bad = await (await admin.open('/roles/new')).press('submit', { name: 'No Spaces' });
    assert.deepEqual([bad.status, bad.has('error')], [400, true]);

    const created = await bad.press('submit', { name: 'support', description: 'Help desk' });
    assert.deepEqual([created.heading, created.has('notice')], ['support', true]);
    const audience = managementAudience(issuer);
    const query = new URLSearchParams({ audience }).toString();
    const rights = await admin.open(`/roles/support/rights?${query}`);
    await rights.press('submit', { 'scope-users:read': 'on', reason });
    assert.deepEqual((await services.roleService.show('support')).permissions, [
      { audience, scopes: ['users:read'] },
    ]);

    const granted = await (
      await admin.open('/roles/support/grant')
    ).press('submit', { user: person.email, reason });
    assert.match(granted.text, new RegExp(person.email));
    const withdrawal = await admin.open(`/roles/support/holders/${person.id}`);
    await withdrawal.press('submit', { reason: 'Moved' });
    assert.deepEqual((await services.users.findById(person.id))?.roles, []);
    const [withdrawn] = await eventsOf(app(), { userId: person.id });
    assert.deepEqual([withdrawn?.event, withdrawn?.details['reason']], ['role.removed', 'Moved']);

    await (await admin.open('/roles/support/delete')).press('submit', { reason: 'Unused' });
    await assert.rejects(services.roleService.show('support'), { code: 'not_found' });
  });

  it('shows a form again when another administrator changed the role meanwhile', async () => {
    const admin = await signInToPanel(app());
    const { roleService } = app().services;
    await roleService.create({ name: 'writer' }, commandLine);
    const form = await admin.open('/roles/writer/edit');

    await roleService.describe('writer', 'Writes posts', commandLine);
    const refused = await form.press('submit', { description: 'Writes books' });

    assert.equal(refused.status, 409);
    assert.match(refused.text, /Current values.*Writes posts/);
    const saved = await refused.press('submit', {});
    assert.equal(saved.has('notice'), true, saved.text);
    assert.equal((await roleService.show('writer')).description, 'Writes books');
  });

  it('keeps the rights that another administrator has added meanwhile', async () => {
    const admin = await signInToPanel(app());
    const { roleService } = app().services;
    await roleService.create({ name: 'reader' }, commandLine);
    const audience = managementAudience(app().issuer);
    const query = new URLSearchParams({ audience }).toString();
    const form = await admin.open(`/roles/reader/rights?${query}`);

    await roleService.addPermission('reader', { audience, scopes: ['audit:read'] }, commandLine);
    const refused = await form.press('submit', { 'scope-users:read': 'on', reason });

    assert.equal(refused.status, 409);
    assert.deepEqual((await roleService.show('reader')).permissions, [
      { audience, scopes: ['audit:read'] },
    ]);
  });

  it('grants a role from the page of the user, and keeps those granted meanwhile', async () => {
    const admin = await signInToPanel(app());
    const person = await app().createUser();
    const { roleService, roleAdministration, users } = app().services;
    await roleService.create({ name: 'one' }, commandLine);
    await roleService.create({ name: 'two' }, commandLine);
    const form = await admin.open(`/users/${person.id}/roles`);

    await roleAdministration.grant(person.id, 'two', commandLine);
    await form.press('submit', { 'role-one': 'on', reason });

    assert.deepEqual((await users.findById(person.id))?.roles, ['one', 'two']);
  });

  it('refuses changes of a built-in role', async () => {
    const admin = await signInToPanel(app());

    assert.equal((await admin.open('/roles/admin/delete')).status, 409);
    assert.equal((await admin.open('/roles/auditor')).status, 200);
  });
});

describeApp('groups in the panel', {}, (app) => {
  it('creates a group with roles and members, changes it and deletes it', async () => {
    const admin = await signInToPanel(app());
    const person = await app().createUser({ claims: { name: 'Mary Somerville' } });
    const { groupService, roleService, assignments } = app().services;
    await roleService.create({ name: 'seller' }, commandLine);

    const created = await (await admin.open('/groups/new')).press('submit', { name: 'Sales' });
    assert.equal(created.heading, 'Sales', created.text);
    const { id } = await groupService.find('Sales');
    const roles = await admin.open(`/groups/${id}/roles`);
    await roles.press('submit', { 'role-seller': 'on', reason });
    const add = await admin.open(`/groups/${id}/members/add`);
    const unknown = await add.press('submit', { user: 'unknown@example.org', reason });
    assert.deepEqual([unknown.status, unknown.has('error')], [400, true]);
    const added = await unknown.press('submit', { user: person.email, reason });
    assert.match(added.text, new RegExp(`${person.email} Mary Somerville`));
    assert.deepEqual((await assignments.find(person.id)).roles, ['seller']);

    const removal = await admin.open(`/groups/${id}/members/${person.id}`);
    await removal.press('submit', { reason });
    assert.deepEqual((await assignments.find(person.id)).roles, []);
    await (await admin.open(`/groups/${id}/edit`)).press('submit', { name: 'Trade', reason });
    const list = await (await admin.open(`/groups/${id}/delete`)).press('submit', { reason });
    assert.deepEqual([list.heading, list.has('notice')], ['Groups', true]);
    assert.equal(list.text.includes('Trade'), false);
  });

  it('adds a user to a group from the page of the user', async () => {
    const admin = await signInToPanel(app());
    const person = await app().createUser();
    const { groupService } = app().services;
    const { id } = await groupService.create({ name: 'Support' }, commandLine);

    const form = await admin.open(`/users/${person.id}/groups`);
    const user = await form.press('submit', { [`group-${id}`]: 'on', reason });

    assert.match(user.text, /Support/);
    assert.equal((await groupService.find(id)).memberCount, 1);
  });

  it('shows the members page by page', async () => {
    const admin = await signInToPanel(app());
    const { groupService } = app().services;
    const { id } = await groupService.create({ name: 'Many' }, commandLine);
    for (let count = 0; count < 26; count += 1) {
      const { id: userId } = await app().createUser();
      await groupService.addMember(id, userId, commandLine);
    }

    const first = await admin.open(`/groups/${id}`);

    assert.equal(first.has('next'), true);
    const [, query = ''] = /id="next"[^>]*href="[^"?]*([^"]*)"/.exec(first.html) ?? [];
    const second = await admin.open(`/groups/${id}${query}`);
    assert.deepEqual([second.heading, second.has('next')], ['Many', false]);
  });
});

describeApp('organizations in the panel', {}, (app) => {
  it('creates an organization, and gives a member a role in it', async () => {
    const admin = await signInToPanel(app());
    const person = await app().createUser();
    const { organizationService, roleService } = app().services;
    await roleService.create({ name: 'billing' }, commandLine);

    const form = await admin.open('/organizations/new');
    const created = await form.press('submit', { name: 'acme', display_name: 'ACME Inc.' });
    assert.equal(created.heading, 'ACME Inc.', created.text);
    const { id } = await organizationService.find('acme');
    const add = await admin.open(`/organizations/${id}/members/add`);
    await add.press('submit', { user: person.email, reason });
    const roles = await admin.open(`/organizations/${id}/members/${person.id}/roles`);
    const page = await roles.press('submit', { 'role-billing': 'on', reason });

    assert.match(page.text, /billing/);
    assert.deepEqual((await organizationService.findMember(id, person.id))?.roles, ['billing']);
    const removal = await admin.open(`/organizations/${id}/members/${person.id}/remove`);
    await removal.press('submit', { reason });
    assert.equal(await organizationService.findMember(id, person.id), undefined);
    const list = await (
      await admin.open(`/organizations/${id}/delete`)
    ).press('submit', { reason });
    assert.equal(list.heading, 'Organizations');
  });

  it('refuses a name that is taken, and keeps the typed values', async () => {
    const admin = await signInToPanel(app());
    const { organizationService } = app().services;
    await organizationService.create({ name: 'globex', displayName: 'Globex' }, commandLine);

    const form = await admin.open('/organizations/new');
    const refused = await form.press('submit', { name: 'globex', display_name: 'Other' });

    assert.deepEqual([refused.status, refused.has('error')], [409, true]);
  });
});

describeApp('rights for roles, groups and organizations in the panel', {}, (app) => {
  it('lets an auditor see everything, without buttons, and refuses each form', async () => {
    const auditor = await signInToPanel(app(), 'auditor');
    const { groupService, organizationService } = app().services;
    const group = await groupService.create({ name: 'Seen' }, commandLine);
    const acme = await organizationService.create({ name: 'a', displayName: 'A' }, commandLine);

    for (const path of [
      '/roles',
      '/roles/auditor',
      '/groups',
      `/groups/${group.id}`,
      '/organizations',
      `/organizations/${acme.id}`,
      `/users/${auditor.id}`,
    ]) {
      const page = await auditor.open(path);
      assert.equal(page.status, 200, path);
      assert.equal(/id="(?:act-|new-)/.test(page.html), false, path);
    }
    for (const path of [
      '/roles/new',
      `/groups/${group.id}/roles`,
      `/organizations/${acme.id}/members/add`,
    ]) {
      assert.equal((await auditor.open(path)).status, 403, path);
    }
  });

  it('does not let a limited administrator grant what they do not have', async () => {
    const { roleService, users } = app().services;
    const audience = managementAudience(app().issuer);
    await roleService.create({ name: 'limited' }, commandLine);
    const scopes = ['users:read', 'roles:read', 'roles:write', 'groups:read', 'groups:write'];
    await roleService.addPermission('limited', { audience, scopes }, commandLine);
    const limited = await signInToPanel(app(), 'limited');
    const person = await app().createUser();

    const form = await limited.open('/roles/admin/grant');
    const refused = await form.press('submit', { user: person.email, reason });

    assert.deepEqual([refused.status, refused.has('error')], [403, true]);
    assert.deepEqual((await users.findById(person.id))?.roles, []);
  });
});
