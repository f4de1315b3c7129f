// Request objects by value (RFC 9101): signed ones are accepted, all others are refused.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import type { Pending, RelyingParty } from '#test/support/actors/relying-party.ts';
import {
  aSigningClient,
  claimsOf,
  clean,
  seconds,
  short,
  signed,
  type Claims,
} from '#test/support/steps/request-objects.ts';

describeApp('a signed request object (RFC 9101 §6)', {}, (app) => {
  for (const alg of ['ES256', 'PS256', 'RS256', 'EdDSA']) {
    it(`is accepted if it is signed with ${alg}`, async () => {
      const { rp, sign } = await aSigningClient(app(), { alg });
      const pending = await rp.request({ scope: 'openid email' });

      const url = short(rp, await sign(claimsOf(rp, pending)));
      const person = await app().createUser();
      const page = await rp.passPages(await app().browser().open(url), person);

      const tokens = await rp.exchange(rp.receive(page, pending));
      assert.equal(tokens.scope, 'openid email');
      assert.equal(tokens.claims['nonce'], pending.nonce);
    });
  }

  it('may have its media type in any case (RFC 7515 §4.1.9)', async () => {
    const { rp, sign } = await aSigningClient(app());
    const request = await sign(claimsOf(rp, await rp.request()), { typ: 'OAuth-Authz-Req+JWT' });

    assert.equal((await rp.push(new URLSearchParams({ request }))).status, 201);
  });

  it('takes precedence over parameters in the URL', async () => {
    const { rp, sign } = await aSigningClient(app());
    const pending = await rp.request({ scope: 'openid' });
    const url = short(rp, await sign(claimsOf(rp, pending)));
    url.searchParams.set('scope', 'openid email');
    url.searchParams.set('state', 'another');
    url.searchParams.set('redirect_uri', 'https://evil.example/cb');

    const page = await rp.passPages(await app().browser().open(url), await app().createUser());

    assert.equal((await rp.exchange(rp.receive(page, pending))).scope, 'openid');
  });

  it('may contain claims as an object, limited to the registered scope', async () => {
    const { rp, sign } = await aSigningClient(app(), { scope: 'openid email', first_party: true });
    const pending = await rp.request();
    const claims = { id_token: { email: null, name: null } };
    const person = await app().createUser({ claims: { name: 'Ann' } });

    const url = short(rp, await sign({ ...claimsOf(rp, pending), claims }));
    const page = await rp.passPages(await app().browser().open(url), person);

    const tokens = await rp.exchange(rp.receive(page, pending));
    assert.deepEqual([tokens.claims['email'], tokens.claims['name']], [person.email, undefined]);
  });

  it('can be sent to the PAR endpoint (RFC 9126 §3)', async () => {
    const { rp, sign } = await aSigningClient(app());
    const pending = await rp.request();
    const request = await sign(claimsOf(rp, pending));

    const { status, body, text } = await rp.push(new URLSearchParams({ request }));
    assert.equal(status, 201, text);
    const url = short(rp, undefined);
    url.searchParams.set('request_uri', String(body['request_uri']));
    const page = await rp.passPages(await app().browser().open(url), await app().createUser());

    assert.equal((await rp.exchange(rp.receive(page, pending))).claims['nonce'], pending.nonce);
  });

  it('is required of a client with require_signed_request_object', async () => {
    const { rp, sign } = await aSigningClient(app(), { require_signed_request_object: true });
    const pending = await rp.request();

    const plain = await app().browser().open(pending.url);
    const pushed = await rp.push(pending.url.searchParams);
    const proven = await app()
      .browser()
      .open(short(rp, await sign(claimsOf(rp, pending))));

    assert.equal(plain.url.searchParams.get('error'), 'invalid_request');
    assertRefused(pushed, 400, 'invalid_request');
    assert.equal(proven.has('sign-in'), true);
  });
});

describeApp('an invalid request object (RFC 9101 §6.2)', {}, (app) => {
  const faults: readonly (readonly [string, Claims, Claims?])[] = [
    ['has another audience', { aud: 'https://other.example' }],
    ['has no audience', { aud: undefined }],
    ['has another issuer', { iss: 'another' }],
    ['has no issuer', { iss: undefined }],
    ['has expired', { exp: seconds() - 60 }],
    ['is not valid yet', { nbf: seconds() + 600 }],
    ['names another client', { client_id: 'another' }],
    ['contains a request object', { request: 'a.b.c' }],
    ['contains a request_uri', { request_uri: 'https://rp.example/r' }],
    ['has the type of another kind of JWT', {}, { typ: 'at+jwt' }],
    ['contains its key (jwk)', {}, { jwk: { kty: 'EC' } }],
    ['refers to its key (jku)', {}, { jku: 'https://evil.example/jwks' }],
  ];

  for (const [name, claims, header] of faults) {
    it(`is refused if it ${name}`, async () => {
      const { rp, sign } = await aSigningClient(app());
      const pending = await rp.request();

      const request = await sign({ ...claimsOf(rp, pending), ...claims }, header);

      await assertRefusedObject(app(), rp, pending, request);
    });
  }

  it('is refused if its sub is the client ID, as in a client assertion (§10.8)', async () => {
    const { rp, sign } = await aSigningClient(app());
    const pending = await rp.request();

    const request = await sign({ ...claimsOf(rp, pending), sub: rp.app.clientId });

    await assertRefusedObject(app(), rp, pending, request);
  });

  it('is refused if its signature is invalid or the client has no keys', async () => {
    const { rp, sign } = await aSigningClient(app());
    const pending = await rp.request();
    const request = await sign(claimsOf(rp, pending));
    const [head = '', , signature = ''] = request.split('.');
    const changed = Buffer.from(
      JSON.stringify({ ...claimsOf(rp, pending), scope: 'openid email' }),
    );
    const { privateKey } = await generateKeyPair('ES256');
    const keyless = await app().relyingParty();
    const other = await keyless.request();

    await assertRefusedObject(
      app(),
      rp,
      pending,
      await signed(claimsOf(rp, pending), privateKey, { alg: 'ES256' }),
    );
    await assertRefusedObject(
      app(),
      rp,
      pending,
      `${head}.${changed.toString('base64url')}.${signature}`,
    );
    await assertRefusedObject(
      app(),
      keyless,
      other,
      await signed(claimsOf(keyless, other), privateKey, { alg: 'ES256' }),
    );
  });

  it('is refused if it is signed with the client secret', async () => {
    const registered = await app().createClient({ auth: 'client_secret_basic' });
    const rp = await app().relyingPartyOf(registered);
    const pending = await rp.request();
    const key = new TextEncoder().encode(registered.clientSecret);

    const request = await new SignJWT(clean(claimsOf(rp, pending)))
      .setProtectedHeader({ alg: 'HS256' })
      .sign(key);

    await assertRefusedObject(app(), rp, pending, request);
  });

  it('is refused with an algorithm other than the registered one', async () => {
    const { rp, sign } = await aSigningClient(app(), { request_object_signing_alg: 'PS256' });
    const pending = await rp.request();

    await assertRefusedObject(app(), rp, pending, await sign(claimsOf(rp, pending)));
  });

  it('is refused if unsigned, and the error uses its response_mode', async () => {
    const { rp } = await aSigningClient(app());
    const pending = await rp.request();
    const unsigned = (claims: Claims) =>
      new UnsecuredJWT(clean({ ...claimsOf(rp, pending), ...claims })).encode();

    await assertRefusedObject(app(), rp, pending, unsigned({}));

    const { searchParams } = pending.url;
    searchParams.set('request', unsigned({ response_mode: 'form_post' }));
    const page = await app().browser().open(pending.url);
    const { action, method, fields } = page.form('error');
    assert.deepEqual([action, method], [rp.app.redirectUri, 'post']);
    assert.equal(fields.get('error'), 'invalid_request_object');
    assert.equal(fields.get('state'), pending.state);
    assert.equal(fields.get('iss'), app().issuer);
  });

  it('is refused by reference (request_uri) and together with one', async () => {
    const { rp, sign } = await aSigningClient(app());
    const pending = await rp.request();
    const { searchParams } = pending.url;

    searchParams.set('request_uri', 'https://rp.example/request.jwt');
    const byAddress = await app().browser().open(pending.url);
    searchParams.set('request', await sign(claimsOf(rp, pending)));
    const both = await app().browser().open(pending.url);

    assert.equal(byAddress.url.searchParams.get('error'), 'request_uri_not_supported');
    assert.equal(both.url.searchParams.get('error'), 'invalid_request');
  });
});

async function assertRefusedObject(
  app: TestApp,
  rp: RelyingParty,
  { url, redirectUri, state }: Pending,
  request: string,
): Promise<void> {
  const address = new URL(url);
  address.searchParams.set('request', request);
  const { browser } = await rp.login(await app.createUser());
  const page = await browser.open(address);
  const { searchParams } = page.url;
  assert.ok(page.left && page.url.href.startsWith(redirectUri), page.text);
  assert.equal(searchParams.get('error'), 'invalid_request_object');
  assert.equal(searchParams.get('state'), state);
  assert.equal(searchParams.has('code'), false);
}
