// Linked accounts on two nodes: a flow that starts on one node and ends on the other, a callback
// that arrives many times at once, and two browsers that unlink the last two accounts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startNodes } from '#test/support/faults/nodes.ts';
import { atOnce } from '#test/support/data/outcomes.ts';
import { aStranger, startStandInProvider } from '#test/support/actors/identity-provider.ts';
import { answerFor, signInUpstream } from '#test/support/steps/federation.ts';

const linkedPath = '/auth/account/linked';

describe('linked accounts on two nodes', () => {
  it('accept each callback once and keep at least one sign-in method', async (t) => {
    const one = await startStandInProvider(t);
    const two = await startStandInProvider(t, { id: 'other', name: 'Other', clientId: 'other' });
    const settings = {
      OUTBOUND_ALLOW: '127.0.0.1',
      SIGN_IN_PROVIDERS: JSON.stringify([{ ...one.setting, trust_email: true }, two.setting]),
    };
    const nodes = await startNodes(t, { settings });
    const browser = nodes.browser();
    const elsewhere = browser.through(nodes.at(1).send);
    const answer = await answerFor(await browser.open('/auth/sign-in'), one);

    const asked = await elsewhere.open(answer);
    const again = await atOnce((turn) => browser.through(nodes.at(turn).send).open(answer));
    await asked.press('register');

    assert.equal(asked.heading, 'Almost there');
    assert.ok(again.every(({ url }) => url.searchParams.get('problem') === 'with-expired'));
    await signInUpstream(browser, await browser.open(linkedPath), one, 'confirm-google');
    for (let round = 0; round < 4; round += 1) {
      two.become(aStranger());
      await signInUpstream(browser, await browser.open(linkedPath), two, 'link-other');
      const pages = await Promise.all([browser.open(linkedPath), elsewhere.open(linkedPath)]);
      const ends = await Promise.all(
        pages.map((page, at) => page.press(at === 0 ? 'unlink-google' : 'unlink-other')),
      );
      const left = (await nodes.services.db.knex('identities')).length;
      // The later one finds a single sign-in method, or that a credential was removed since its session was read.
      const refused = ends.filter(
        ({ status, errorCode }) => status === 422 || errorCode === 'session_expired',
      );
      assert.deepEqual([left, refused.length], [1, 1]);
      const [row] = await nodes.services.db.knex('identities');
      if (row?.provider_id === 'google') continue;
      const linked = await signInUpstream(
        browser,
        await browser.open(linkedPath),
        one,
        'link-google',
      );
      await linked.press('unlink-other');
    }
  });
});
