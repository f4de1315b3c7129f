// Rich authorization requests (RFC 9396) on two nodes: request, consent, tokens, introspection.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import type { ApiResource } from '#core/clients/clients.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { createBank, payment, type } from '#test/support/steps/payments.ts';

describeNodes('rich authorization request (RFC 9396)', {}, (nodes) => {
  consentPage(nodes);
  tokens(nodes);
  refusals(nodes);
});

function consentPage(nodes: () => Nodes): void {
  it('is shown as a sentence, without markup of the client', async () => {
    const { rp, ask, person } = await createBank(nodes());
    const request = await rp.request(ask(payment('12.50', '<b>Bakery</b>\u202E')));

    const page = await nodes().browser().open(request.url);
    const signIn = { login: person.email, password: person.password };
    const consent = await page.press('sign-in', signIn);

    assert.match(consent.text, /Pay 12\.50 EUR to <b>Bakery<\/b>/);
    assert.ok(!consent.html.includes('<b>'), consent.html);
    assert.ok(!consent.html.includes('\u202E'));
  });

  it('is in the language of the page', async () => {
    const { rp, ask, person } = await createBank(nodes());
    const request = await rp.request({ ...ask(payment('12.50')), ui_locales: 'de' });

    const page = await nodes().browser().open(request.url);
    const signIn = { login: person.email, password: person.password };
    const consent = await page.press('sign-in', signIn);

    assert.match(consent.text, /12\.50 EUR an Ann’s Bakery zahlen/);
  });

  it('is asked again when a detail changes, and not for the same one', async () => {
    const { rp, ask, person } = await createBank(nodes());
    const { browser } = await rp.login(person, ask(payment('1.00')));

    const { amount, ...others } = payment('1.00');
    const same = await rp.request(ask({ ...others, amount }));
    const changed = await rp.request(ask(payment('2.00')));

    assert.ok((await browser.open(same.url)).left);
    const page = await browser.open(changed.url);
    assert.ok(page.has('allow'), page.text);
    assert.match(page.text, /Pay 2\.00 EUR/);
    const silent = await rp.request({ ...ask(payment('3.00')), prompt: 'none' });
    const refused = await browser.open(silent.url);
    assert.equal(refused.url.searchParams.get('error'), 'consent_required');
  });
}

function tokens(nodes: () => Nodes): void {
  it('puts the allowed details into token, response and introspection', async () => {
    const { rp, ask, person } = await createBank(nodes());
    const callback = await rp.authorize(person, ask(payment('5.00')));

    const { body } = await rp.tryExchange(callback);

    const token = String(body['access_token']);
    const expected = [payment('5.00')];
    const { body: introspection } = await (await rp.through(nodes().at(1).send)).introspect(token);
    assert.deepEqual(
      [
        body['authorization_details'],
        decodeJwt(token)['authorization_details'],
        introspection['authorization_details'],
      ],
      [expected, expected, expected],
    );
  });

  it('has the same details for an opaque token, and fewer after a refresh that asks for fewer', async () => {
    const { rp, ask, person, bank } = await createBank(
      nodes(),
      {},
      { accessTokenFormat: 'opaque' },
    );
    const both = [payment('5.00'), payment('6.00')];
    const callback = await rp.authorize(person, ask(...both));
    const { body: first } = await rp.tryExchange(callback);

    const narrow = { resource: bank.audience, authorization_details: JSON.stringify([both[1]]) };
    const { body: second } = await rp.tryRefresh(String(first['refresh_token']), narrow);
    const { body: third } = await rp.tryRefresh(String(second['refresh_token']));

    assert.deepEqual(
      [first, second, third].map((body) => body['authorization_details']),
      [both, [both[1]], both],
    );
    const { body } = await rp.introspect(String(second['access_token']));
    assert.deepEqual(body['authorization_details'], [both[1]]);
  });

  it('refuses details at the token endpoint that the user has not allowed', async () => {
    const { rp, ask, person, bank } = await createBank(nodes());
    const more = { resource: bank.audience, authorization_details: JSON.stringify([payment('9')]) };
    const callback = await rp.authorize(person, ask(payment('5.00')));
    assertRefused(await rp.tryExchange(callback, more), 400, 'invalid_authorization_details');

    const login = await rp.tryExchange(await rp.authorize(person, ask(payment('5.00'))));
    const refresh = await rp.tryRefresh(String(login.body['refresh_token']), more);
    assertRefused(refresh, 400, 'invalid_authorization_details');
  });

  it('works in a pushed request, and for a client of its own', async () => {
    const { rp, ask, person, bank } = await createBank(nodes());
    const pending = await rp.request(ask(payment('7.00')));
    const pushed = await rp.push(pending.url.searchParams);
    const url = new URL(rp.as.authorization_endpoint ?? '');
    url.searchParams.set('client_id', rp.app.clientId);
    url.searchParams.set('request_uri', String(pushed.body['request_uri']));
    const last = await rp.passPages(await nodes().browser().open(url), person);
    const { body } = await rp.tryExchange(rp.receive(last, pending));
    assert.deepEqual(body['authorization_details'], [payment('7.00')]);

    const service = await nodes().relyingParty({
      auth: 'client_secret_basic',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      authorization_details_types: [type],
    });
    const own = await service.token({
      grant_type: 'client_credentials',
      resource: bank.audience,
      authorization_details: JSON.stringify([payment('8.00')]),
    });
    assert.deepEqual(own.body['authorization_details'], [payment('8.00')], own.text);
  });

  it('is not in a token for another API', async () => {
    const { rp, ask, person, bank } = await createBank(nodes());
    const other = await nodes().createApi();
    const resource = [bank.audience, other.audience];
    const callback = await rp.authorize(person, { ...ask(payment('5.00')), resource });

    const { body, text } = await rp.tryExchange(callback, { resource: other.audience });

    assert.equal(body['authorization_details'], undefined, text);
  });
}

function refusals(nodes: () => Nodes): void {
  const faults: Readonly<Record<string, (bank: ApiResource) => Record<string, string>>> = {
    'an unknown type': () => ({ authorization_details: '[{"type":"unknown"}]' }),
    'a name of every object': () => ({ authorization_details: '[{"type":"constructor"}]' }),
    'a detail that violates the schema': () => ({
      authorization_details: JSON.stringify([{ ...payment('1'), currency: 'XXX' }]),
    }),
    'a member that the schema does not know': () => ({
      authorization_details: JSON.stringify([{ ...payment('1'), hidden: true }]),
    }),
    'another location': () => ({
      authorization_details: JSON.stringify([
        { ...payment('1'), locations: ['https://x.example'] },
      ]),
    }),
    'no JSON': () => ({ authorization_details: 'payment' }),
    'no list': () => ({ authorization_details: JSON.stringify(payment('1')) }),
    'too many details': () => ({
      authorization_details: JSON.stringify(Array.from({ length: 21 }, () => payment('1'))),
    }),
  };
  it(`refuses ${Object.keys(faults).join(', ')}`, async () => {
    const { rp, ask, bank } = await createBank(nodes());

    for (const [fault, change] of Object.entries(faults)) {
      const request = await rp.request({ ...ask(payment('1')), ...change(bank) });
      const page = await nodes().browser().open(request.url);
      assert.throws(() => rp.receive(page, request), isInvalidDetails, fault);
      const pushed = await rp.push(request.url.searchParams);
      assertRefused(pushed, 400, 'invalid_authorization_details');
    }
  });

  it('refuses a type that the client is not registered for', async () => {
    const { rp, ask } = await createBank(nodes(), { authorization_details_types: undefined });
    const request = await rp.request(ask(payment('1')));

    const page = await nodes().browser().open(request.url);

    assert.throws(() => rp.receive(page, request), isInvalidDetails);
  });

  it('refuses a type of an API that was not requested', async () => {
    const { rp, ask } = await createBank(nodes());
    const other = await nodes().createApi();
    const request = await rp.request({ ...ask(payment('1')), resource: other.audience });

    const page = await nodes().browser().open(request.url);

    assert.throws(() => rp.receive(page, request), isInvalidDetails);
  });
}

function isInvalidDetails(error: unknown): boolean {
  return (
    error instanceof oauth.AuthorizationResponseError &&
    error.error === 'invalid_authorization_details'
  );
}
