// The panel on two nodes: a revocation on one closes it on the other at once.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

async function anAdministrator(nodes: Nodes) {
  const person = await nodes.createUser();
  await nodes.services.roleAdministration.grant(person.id, 'admin', commandLine);
  const one = nodes.browser();
  const signIn = await one.open('/auth/admin/users');
  const { email: login, password } = person;
  const page = await signIn.press('sign-in', { login, password });
  assert.equal(page.heading, 'Users', page.text);
  return { ...person, one, other: one.through(nodes.at(1).send) };
}

describeNodes('the panel on two nodes', {}, (nodes) => {
  it('accepts the session of either node', async () => {
    const { other } = await anAdministrator(nodes());

    assert.equal((await other.open('/auth/admin/clients')).heading, 'Clients');
  });

  it('is closed on both nodes when the role is withdrawn', async () => {
    const { id, one, other } = await anAdministrator(nodes());

    await nodes().services.roleAdministration.withdraw(id, 'admin', commandLine);

    for (const browser of [other, one]) {
      const page = await browser.open('/auth/admin/users');
      assert.deepEqual([page.status, page.heading], [403, 'For administrators only']);
    }
  });

  it('signs out each administrator who is blocked when two block each other at the same time', async () => {
    const [first, second] = [await anAdministrator(nodes()), await anAdministrator(nodes())];
    const forms = await Promise.all([
      first.one.open(`/auth/admin/users/${second.id}/block`),
      second.other.open(`/auth/admin/users/${first.id}/block`),
    ]);

    await Promise.all(forms.map((form) => form.press('submit', { reason: 'A dispute' })));
    const again = await Promise.all([
      first.other.open('/auth/admin/users'),
      second.one.open('/auth/admin/users'),
    ]);

    const { users } = nodes().services;
    const blocked = await Promise.all([users.findById(first.id), users.findById(second.id)]);
    for (const [index, page] of again.entries()) {
      const isBlocked = blocked[index]?.blockedAt !== undefined;
      assert.equal(page.has('sign-in'), isBlocked, page.text);
    }
    assert.ok(blocked.some((user) => user?.blockedAt !== undefined));
  });
});
