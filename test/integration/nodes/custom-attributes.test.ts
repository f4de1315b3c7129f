// Optimistic concurrency of custom attributes across two nodes: each change names the version that
// it replaces.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { atOnce } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { declared } from '#test/support/data/custom-attributes.ts';

const path = '/auth/account/details/shipping';

describeNodes('custom attributes on two nodes', { settings: declared }, (nodes) => {
  it('accept one of twenty simultaneous changes to the same version', async () => {
    const { email: login, password, id } = await nodes().createUser();
    const browser = nodes().browser();
    await (await browser.open('/auth/sign-in')).press('sign-in', { login, password });
    const pages = await atOnce((turn) => browser.copy().through(nodes().at(turn).send).open(path));

    const ends = await Promise.all(
      pages.map((page, turn) => page.press('save', { 'f.name': `Tab number ${turn}` })),
    );

    const saved = ends.filter(({ url }) => url.pathname === '/auth/account');
    assert.equal(saved.length, 1);
    assert.equal(ends.filter(({ status }) => status === 409).length, ends.length - 1);
    const found = await nodes().services.db.knex('user_supplements').where({ user_id: id });
    assert.deepEqual(
      found.map(({ version }) => version),
      [1],
    );
    const won = ends.findIndex(({ url }) => url.pathname === '/auth/account');
    assert.equal(found[0].value.name, `Tab number ${won}`);
  });
});
