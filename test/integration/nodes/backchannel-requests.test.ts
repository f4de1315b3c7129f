// Backchannel requests (OpenID CIBA) on two nodes: one decision counts, one poll gets the tokens, and the
// polling interval holds across nodes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { backchannelClient, createAsking } from '#test/support/steps/backchannel.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';

describeNodes('backchannel requests on two nodes', {}, (nodes) => {
  async function ask() {
    const app = await nodes().createClient(backchannelClient);
    const client = await createAsking({ issuer: nodes().issuer, send: nodes().at(0).send }, app);
    const person = await nodes().createUser({ emailVerified: true });
    const { auth_req_id: id } = await client.ask({ login_hint: person.email });
    const browser = nodes().browser();
    await signInOwn(browser, person);
    const confirm = await browser.open(`${nodes().issuer}/auth/account/confirm?back=requests`);
    const page = await confirm.press('confirm', { password: person.password });
    const other = browser.through(nodes().at(1).send);
    const elsewhere = await other.open(`${nodes().issuer}/auth/account/requests`);
    return { client, id, page, elsewhere };
  }

  it('accept one of two simultaneous answers', async () => {
    const { client, id, page, elsewhere } = await ask();

    const pages = await Promise.all([page.press('allow-1'), elsewhere.press('deny-1')]);

    assert.equal(pages.filter(({ status }) => status === 409).length, 1);
    const polled = await client.poll(id);
    const isAllowed = pages[0].status === 200;
    assert.deepEqual(
      [polled.status, polled.body['error']],
      isAllowed ? [200, undefined] : [400, 'access_denied'],
    );
  });

  it('issue tokens to at most one of several simultaneous polls', async () => {
    const { client, id, page } = await ask();
    await page.press('allow-1');

    const answers = await Promise.all(
      [0, 1, 2, 3].map((turn) => client.poll(id, nodes().at(turn).send)),
    );

    const issued = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ body }) => body['error'] === 'invalid_grant');
    assert.ok(issued.length <= 1, `${issued.length} polls got tokens`);
    assert.equal(issued.length + refused.length, 4);
  });

  it('accept one of two simultaneous polls while the request is pending', async () => {
    const { client, id } = await ask();

    const answers = await Promise.all([0, 1].map((turn) => client.poll(id, nodes().at(turn).send)));

    const errors = answers.map(({ body }) => String(body['error'])).toSorted();
    assert.deepEqual(errors, ['authorization_pending', 'slow_down']);
  });
});
