// Who learns what about a token (RFC 7662).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/app.ts';
import { holdClock } from '#test/stage/clock.ts';
import { assertRefused, inactive, offline } from '#test/roles/outcomes.ts';

const forItself = {
  auth: 'client_secret_basic',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
} as const;

describeOnEachArrangement('an app learns about its own tokens (RFC 7662 §2.2)', (app) => {
  it('hears what an access token is good for', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const person = await app().aPerson();
    const login = await rp.login(person, { ...offline, scope: 'openid email offline_access' });

    const { body, headers } = await rp.introspect(login.accessToken);

    const { iat, exp, ...rest } = body;
    assert.deepEqual(rest, {
      active: true,
      iss: app().issuer,
      sub: person.id,
      client_id: rp.app.clientId,
      scope: 'openid email offline_access',
      token_type: 'Bearer',
    });
    assert.equal(Number(exp) - Number(iat), 3600);
    assert.match(headers.get('cache-control') ?? '', /no-store/);
  });

  it('hears the same whatever it takes the token for', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), offline);

    for (const token of [login.accessToken, login.refreshToken]) {
      for (const token_type_hint of ['access_token', 'refresh_token', 'nonsense']) {
        const { body } = await rp.introspect(token, { token_type_hint });
        assert.equal(body['active'], true, token_type_hint);
      }
    }
  });
});

describeOnEachArrangement('an API learns about tokens for it, and no others', (app) => {
  for (const accessTokenFormat of ['opaque', 'jwt'] as const) {
    it(`tells the API they are for about them (${accessTokenFormat})`, async () => {
      const api = await app().anApi({ accessTokenFormat });
      const other = await app().anApi({ accessTokenFormat });
      const mine = await app().relyingParty({ ...forItself, resources: [api.audience] });
      const theirs = await app().relyingParty({ ...forItself, resources: [other.audience] });
      const rp = await app().relyingParty();
      const person = await app().aPerson();
      const { accessToken } = await rp.login(person, {
        resource: api.audience,
        scope: 'openid read',
      });

      const { body } = await mine.introspect(accessToken);

      assert.deepEqual(
        [body['active'], body['sub'], body['client_id'], body['aud'], body['scope']],
        [true, person.id, rp.app.clientId, api.audience, 'read'],
      );
      // Alternating, so that no answer is taken for the other's.
      assert.equal((await theirs.introspect(accessToken)).text, inactive);
      assert.equal(await mine.isActive(accessToken), true);
      assert.equal((await theirs.introspect(accessToken)).text, inactive);
    });

    it(`hears nothing any more after a block (${accessTokenFormat})`, async () => {
      const api = await app().anApi({ accessTokenFormat });
      const mine = await app().relyingParty({ ...forItself, resources: [api.audience] });
      const rp = await app().relyingParty();
      const person = await app().aPerson();
      const parameters = { resource: api.audience, scope: 'openid read' };
      const { accessToken } = await rp.login(person, parameters);
      assert.equal(await mine.isActive(accessToken), true);

      await app().block(person.id);

      assert.equal((await mine.introspect(accessToken)).text, inactive);
    });
  }

  it('does not tell an API about tokens for userinfo', async () => {
    const api = await app().anApi();
    const server = await app().relyingParty({ ...forItself, resources: [api.audience] });
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), offline);

    assert.equal((await server.introspect(login.accessToken)).text, inactive);
    assert.equal((await server.introspect(login.refreshToken)).text, inactive);
  });
});

describeApp('whatever is no good is {"active":false}, to the byte', {}, (app) => {
  const nonsense = [
    'x',
    'ost_at_x',
    `ost_at_${'A'.repeat(43)}`,
    `ost_cc_${'A'.repeat(43)}`,
    'a.b.c',
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
    'a.b.c.d.e',
    '{"active":true}',
    '%00',
    'é€😀',
    'x'.repeat(5000),
  ];

  it('for what never was a token', async () => {
    const rp = await app().relyingParty();
    for (const token of nonsense) {
      const { status, text } = await rp.introspect(token);
      assert.deepEqual([status, text], [200, inactive], token.slice(0, 50));
    }
  });

  it('for a token of another app', async () => {
    const rp = await app().relyingParty();
    const curious = await app().relyingParty({ auth: 'client_secret_basic' });
    const login = await rp.login(await app().aPerson(), offline);

    for (const token of [login.accessToken, login.refreshToken]) {
      assert.equal((await curious.introspect(token)).text, inactive);
    }
  });

  it('for what is another thing than a token for use', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), offline);
    const unused = await rp.authorize(await app().aPerson());

    for (const value of [login.idToken, unused.code, login.callback.code]) {
      assert.equal((await rp.introspect(value)).text, inactive);
    }
  });

  it('for one cut short or drawn out', async () => {
    const rp = await app().relyingParty();
    const { accessToken } = await rp.login(await app().aPerson());

    for (const value of [accessToken.slice(0, -1), `${accessToken}A`, ` ${accessToken}`]) {
      assert.equal((await rp.introspect(value)).text, inactive);
    }
  });

  it('for one that is over', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty();
    const { accessToken } = await rp.login(await app().aPerson());
    assert.equal(await rp.isActive(accessToken), true);

    // Its end, and the tolerance for clocks that differ.
    clock.advance(3600 + 15);

    assert.equal((await rp.introspect(accessToken)).text, inactive);
    assert.equal((await rp.tryUserinfo(accessToken)).status, 401);
  });

  it('for a refresh token that was superseded, and says nothing of its successor', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), offline);
    const next = await rp.refresh(login.refreshToken);
    await rp.refresh(next.refreshToken);

    assert.equal((await rp.introspect(login.refreshToken)).text, inactive);

    assert.equal(await rp.isActive(login.accessToken), true);
  });
});

describeApp('nobody asks without a name (RFC 7662 §2.1)', {}, (app) => {
  it('is refused without any authentication', async () => {
    const rp = await app().relyingParty();
    const { accessToken } = await rp.login(await app().aPerson());

    const answer = await rp.introspect(accessToken, { client_id: undefined });

    assert.ok([400, 401].includes(answer.status), answer.text);
    assert.equal(answer.body['active'], undefined);
  });

  it('is refused with a wrong secret', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_post' });
    const { accessToken } = await rp.login(await app().aPerson());

    const answer = await rp.introspect(accessToken, { client_secret: 'x'.repeat(43) });

    assertRefused(answer, 401, 'invalid_client');
  });

  it('is refused by GET, which would put the token into logs', async () => {
    const rp = await app().relyingParty();
    const { accessToken } = await rp.login(await app().aPerson());
    const search = new URLSearchParams({ token: accessToken, client_id: rp.app.clientId });

    const { status } = await app().send(`${app().issuer}/oauth2/introspect?${search.toString()}`);

    assert.ok(status === 404 || status === 405, String(status));
  });
});
