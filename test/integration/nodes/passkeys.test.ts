// Single use of a WebAuthn assertion across two nodes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { atOnce } from '#test/support/data/outcomes.ts';
import { answerWith, ask, withPasskey } from '#test/support/steps/passkeys.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

function placeOf(nodes: Nodes) {
  return { issuer: nodes.issuer, send: nodes.at(0).send, browser: () => nodes.browser() };
}

describeNodes('passkey assertion on two nodes (WebAuthn §7.2)', {}, (nodes) => {
  it('signs in exactly one of twenty simultaneous requests', async () => {
    const place = placeOf(nodes());
    const { device, person } = await withPasskey(place, await nodes().createUser(), {
      synced: true,
    });
    const browser = place.browser();
    const answer = device.get(await ask(place, browser, await browser.open('/auth/sign-in')));
    const pages = await atOnce((turn) =>
      browser.copy().through(nodes().at(turn).send).open('/auth/sign-in'),
    );

    const ends = await Promise.all(pages.map((page) => answerWith(page, answer)));

    assert.equal(ends.filter(({ url }) => url.pathname === '/auth/account').length, 1);
    assert.equal(ends.filter(({ url }) => url.searchParams.has('problem')).length, 19);
    const where = { event: 'sign_in.succeeded', user_id: person.id };
    const rows: unknown[] = await nodes().services.db.knex('audit_events').where(where);
    assert.equal(rows.length, 2);
  });
});
