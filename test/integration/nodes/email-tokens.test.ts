// Single use of an email token across two nodes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';

async function aRecoveryLink({ services, issuer, createUser }: Nodes) {
  const person = await createUser();
  const { id: userId, email } = person;
  const order = { kind: 'recovery', userId, email, emailKey: canonicalEmail(email) } as const;
  const { db } = services;
  const { token } = await db.transaction((tx) => services.emailTokens.issue(order, tx));
  return { person, link: `${issuer}/auth/recover/link/${token}` };
}

describeNodes('email token on two nodes', {}, (nodes) => {
  it('sets a password for exactly one of twenty simultaneous requests', async () => {
    const { person, link } = await aRecoveryLink(nodes());
    const pages = await Promise.all(
      Array.from({ length: 20 }, (_, turn) => nodes().browser(nodes().at(turn)).open(link)),
    );

    const ends = await Promise.all(
      pages.map((page, turn) =>
        page.press('continue', { password: `four words for turn ${turn}` }),
      ),
    );

    const done = ends.filter(({ url }) => url.pathname === '/auth/sign-in');
    assert.equal(done.length, 1);
    const where = { event: 'password.reset', user_id: person.id };
    const rows: unknown[] = await nodes().services.db.knex('audit_events').where(where);
    assert.equal(rows.length, 1);
  });

  it('ends sessions on the other node at once when a password is set', async () => {
    const { person, link } = await aRecoveryLink(nodes());
    const other = nodes().browser(nodes().at(1));
    const form = await other.open('/auth/sign-in');
    await form.press('sign-in', { login: person.email, password: person.password });
    assert.equal((await other.open('/auth/account')).url.pathname, '/auth/account');

    const page = await nodes().browser().open(link);
    await page.press('continue', { password: 'four other words than before' });

    assert.equal((await other.open('/auth/account')).url.pathname, '/auth/sign-in');
  });
});
