// Changes of roles, permissions, memberships and access rules apply on every node within a second.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

/** Real time, because nodes use the system clock. */
const noticedWithinMilliseconds = 1000;

describeNodes('access control on two nodes', {}, (nodes) => {
  it('shows changed roles in userinfo and introspection of the other node within a second', async () => {
    const { done } = createCommandRunner(nodes().services);
    const here = await nodes().relyingParty();
    const there = await here.through(nodes().at(1).send);
    const person = await nodes().createUser();
    await done(['role', 'create', 'editor']);
    await done(['role', 'create', 'author']);
    await done(['group', 'create', 'Writers']);
    await done(['group', 'add-member', 'Writers', '--user', person.id]);
    await done(['user', 'add-role', person.id, '--role', 'editor']);
    const login = await here.login(person, { ...offline, scope: `${offline.scope} roles` });
    const rolesAt = async (rp: typeof here) => {
      const { body } = await rp.introspect(login.accessToken);
      return [body['roles'], (await rp.userinfo(login))['roles']];
    };
    for (const rp of [here, there]) assert.deepEqual(await rolesAt(rp), [['editor'], ['editor']]);

    await done(['group', 'add-role', 'Writers', '--role', 'author']);
    await done(['user', 'remove-role', person.id, '--role', 'editor']);
    await pause(noticedWithinMilliseconds);

    for (const rp of [here, there]) assert.deepEqual(await rolesAt(rp), [['author'], ['author']]);
  });

  it('refuses tokens of a user who may no longer use the client, on all nodes', async () => {
    const { done } = createCommandRunner(nodes().services);
    const here = await nodes().relyingParty();
    const there = await here.through(nodes().at(1).send);
    const person = await nodes().createUser();
    const login = await here.login(person, offline);
    for (const rp of [here, there]) assert.equal(await rp.isActive(login.accessToken), true);

    await done(['group', 'create', 'Insiders']);
    await done(['client', 'access', here.app.clientId, '--allow-group', 'Insiders']);
    await pause(noticedWithinMilliseconds);

    for (const rp of [here, there]) {
      assert.equal((await rp.introspect(login.accessToken)).text, inactive);
      assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
      assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    }
  });

  it('shows changed permissions of a role in introspection on all nodes', async () => {
    const { done } = createCommandRunner(nodes().services);
    const api = await nodes().createApi({ requiresPermission: true });
    const here = await nodes().relyingParty();
    const there = await here.through(nodes().at(1).send);
    const person = await nodes().createUser();
    const permission = ['--resource', api.audience, '--scopes', 'write'];
    await done(['role', 'create', 'writer']);
    await done(['role', 'add-permission', 'writer', ...permission]);
    await done(['user', 'add-role', person.id, '--role', 'writer']);
    const scope = 'openid write';
    const login = await here.login(person, { scope, resource: api.audience });
    const scopeAt = async (rp: typeof here) =>
      (await rp.introspect(login.accessToken)).body['scope'];
    for (const rp of [here, there]) assert.equal(await scopeAt(rp), 'write');

    await done(['role', 'remove-permission', 'writer', ...permission]);
    await pause(noticedWithinMilliseconds);

    for (const rp of [here, there]) assert.equal(await scopeAt(rp), undefined);
  });
});
