// Backchannel requests (OpenID CIBA) on two nodes: how many may be pending, where the user finds them, and
// the authorization details (RFC 9396) that an approval puts into the tokens.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import type { Person } from '#test/support/actors/relying-party.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { backchannelClient, createAsking } from '#test/support/steps/backchannel.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';
import { createBank, payment, type } from '#test/support/steps/payments.ts';

const maxWaiting = 20;

describeNodes('requests of apps to a user (CIBA Core 1.0)', {}, (nodes) => {
  async function newClient(facts: Readonly<Record<string, unknown>> = {}) {
    const app = await nodes().createClient({ ...backchannelClient, ...facts });
    const asking = (turn: number) =>
      createAsking({ issuer: nodes().issuer, send: nodes().at(turn).send }, app);
    return { app, first: await asking(0), second: await asking(1) };
  }

  const aPerson = () => nodes().createUser({ emailVerified: true });

  async function signIn(person: Person) {
    const browser = nodes().browser();
    await signInOwn(browser, person);
    return browser;
  }

  it('are pending up to a limit, which simultaneous requests do not exceed', async () => {
    const [{ first, second }, person] = [await newClient(), await aPerson()];
    const attempts = Array.from({ length: maxWaiting + 10 }, (_, turn) =>
      (turn % 2 === 0 ? first : second).tryToAsk({ login_hint: person.email }),
    );

    const answers = await Promise.all(attempts);

    const { knex } = nodes().services.db;
    const rows = await knex('backchannel_requests').where({ user_id: person.id }).count();
    assert.deepEqual(rows, [{ count: String(maxWaiting) }]);
    const refused = answers.filter(({ body }) => body['error'] === 'access_denied');
    assert.equal(refused.length, 10);
  });

  it('are found on the overview of the account and in its navigation', async () => {
    const [{ first }, person] = [await newClient(), await aPerson()];
    const browser = await signIn(person);
    const before = await browser.open(`${nodes().issuer}/auth/account`);
    await first.ask({ login_hint: person.email });

    const after = await browser.open(`${nodes().issuer}/auth/account`);

    const path = '/auth/account/requests';
    assert.doesNotMatch(before.text, /waiting for your answer/);
    assert.match(after.text, /1 app is waiting for your answer/);
    assert.match(after.text, /1 waiting/);
    for (const page of [before, after]) assert.ok(page.html.includes(`href="${path}"`), page.html);
    await nodes().services.blocking.revokeEverythingOf(person.id, { kind: 'operator' });
    const later = await signIn(person);
    const ended = await later.open(`${nodes().issuer}/auth/account`);
    assert.doesNotMatch(ended.text, /waiting for your answer/);
  });

  it('put the allowed authorization details into the tokens', async () => {
    const { bank, ask } = await createBank(nodes());
    const { first, second } = await newClient({ authorization_details_types: [type] });
    const person = await aPerson();
    const { auth_req_id: id } = await first.ask({
      ...ask(payment('12.50')),
      login_hint: person.email,
    });
    const browser = await signIn(person);
    const confirm = await browser.open(`${nodes().issuer}/auth/account/confirm?back=requests`);
    const page = await confirm.press('confirm', { password: person.password });
    await page.press('allow-1');

    const { body } = await second.poll(id);

    assert.match(page.text, /Pay 12\.50 EUR to Ann’s Bakery/);
    const expected = [payment('12.50')];
    assert.deepEqual(body['authorization_details'], expected);
    const claims = decodeJwt(String(body['access_token']));
    assert.deepEqual([claims.aud, claims['authorization_details']], [bank.audience, expected]);
  });

  it('refuse authorization details that the client may not request', async () => {
    const { ask } = await createBank(nodes());
    const [{ first }, person] = [await newClient(), await aPerson()];

    const refused = await first.tryToAsk({ ...ask(payment('1.00')), login_hint: person.email });

    assert.deepEqual(
      [refused.status, refused.body['error']],
      [400, 'invalid_authorization_details'],
    );
  });
});
