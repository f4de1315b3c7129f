// Token introspection: which client may learn what about a token (RFC 7662).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { assertRefused, inactive, offline } from '#test/support/data/outcomes.ts';

const forItself = {
  auth: 'client_secret_basic',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
} as const;

describeOnEachArrangement('introspection by the client of the token (RFC 7662 §2.2)', (app) => {
  it('returns the claims of an access token', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const person = await app().createUser();
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

  it('ignores token_type_hint', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);

    for (const token of [login.accessToken, login.refreshToken]) {
      for (const token_type_hint of ['access_token', 'refresh_token', 'nonsense']) {
        const { body } = await rp.introspect(token, { token_type_hint });
        assert.equal(body['active'], true, token_type_hint);
      }
    }
  });
});

describeOnEachArrangement('introspection by an API (RFC 7662 §2.2)', (app) => {
  for (const accessTokenFormat of ['opaque', 'jwt'] as const) {
    it(`returns active for the audience of the token only (${accessTokenFormat})`, async () => {
      const api = await app().createApi({ accessTokenFormat });
      const other = await app().createApi({ accessTokenFormat });
      const mine = await app().relyingParty({ ...forItself, resources: [api.audience] });
      const theirs = await app().relyingParty({ ...forItself, resources: [other.audience] });
      const rp = await app().relyingParty();
      const person = await app().createUser();
      const { accessToken } = await rp.login(person, {
        resource: api.audience,
        scope: 'openid read',
      });

      const { body } = await mine.introspect(accessToken);

      assert.deepEqual(
        [body['active'], body['sub'], body['client_id'], body['aud'], body['scope']],
        [true, person.id, rp.app.clientId, api.audience, 'read'],
      );
      // The requests alternate, so that a response for one API cannot be reused for the other.
      assert.equal((await theirs.introspect(accessToken)).text, inactive);
      assert.equal(await mine.isActive(accessToken), true);
      assert.equal((await theirs.introspect(accessToken)).text, inactive);
    });

    it(`returns inactive after the user is blocked (${accessTokenFormat})`, async () => {
      const api = await app().createApi({ accessTokenFormat });
      const mine = await app().relyingParty({ ...forItself, resources: [api.audience] });
      const rp = await app().relyingParty();
      const person = await app().createUser();
      const parameters = { resource: api.audience, scope: 'openid read' };
      const { accessToken } = await rp.login(person, parameters);
      assert.equal(await mine.isActive(accessToken), true);

      await app().block(person.id);

      assert.equal((await mine.introspect(accessToken)).text, inactive);
    });
  }

  it('returns inactive for a token for the userinfo endpoint', async () => {
    const api = await app().createApi();
    const server = await app().relyingParty({ ...forItself, resources: [api.audience] });
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);

    assert.equal((await server.introspect(login.accessToken)).text, inactive);
    assert.equal((await server.introspect(login.refreshToken)).text, inactive);
  });
});

describeApp('exact response {"active":false}', {}, (app) => {
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

  it('is returned for a string that was never a token', async () => {
    const rp = await app().relyingParty();
    for (const token of nonsense) {
      const { status, text } = await rp.introspect(token);
      assert.deepEqual([status, text], [200, inactive], token.slice(0, 50));
    }
  });

  it('is returned for a token of another client', async () => {
    const rp = await app().relyingParty();
    const curious = await app().relyingParty({ auth: 'client_secret_basic' });
    const login = await rp.login(await app().createUser(), offline);

    for (const token of [login.accessToken, login.refreshToken]) {
      assert.equal((await curious.introspect(token)).text, inactive);
    }
  });

  it('is returned for values that are not access or refresh tokens', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);
    const unused = await rp.authorize(await app().createUser());

    for (const value of [login.idToken, unused.code, login.callback.code]) {
      assert.equal((await rp.introspect(value)).text, inactive);
    }
  });

  it('is returned for a truncated or extended token', async () => {
    const rp = await app().relyingParty();
    const { accessToken } = await rp.login(await app().createUser());

    for (const value of [accessToken.slice(0, -1), `${accessToken}A`, ` ${accessToken}`]) {
      assert.equal((await rp.introspect(value)).text, inactive);
    }
  });

  it('is returned for an expired token', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty();
    const { accessToken } = await rp.login(await app().createUser());
    assert.equal(await rp.isActive(accessToken), true);

    // The expiry, plus the tolerance for clock differences.
    clock.advance(3600 + 15);

    assert.equal((await rp.introspect(accessToken)).text, inactive);
    assert.equal((await rp.tryUserinfo(accessToken)).status, 401);
  });

  it('is returned for a superseded refresh token', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);
    const next = await rp.refresh(login.refreshToken);
    await rp.refresh(next.refreshToken);

    assert.equal((await rp.introspect(login.refreshToken)).text, inactive);

    assert.equal(await rp.isActive(login.accessToken), true);
  });
});

describeApp('authentication of introspection requests (RFC 7662 §2.1)', {}, (app) => {
  it('is required', async () => {
    const rp = await app().relyingParty();
    const { accessToken } = await rp.login(await app().createUser());

    const answer = await rp.introspect(accessToken, { client_id: undefined });

    assert.ok([400, 401].includes(answer.status), answer.text);
    assert.equal(answer.body['active'], undefined);
  });

  it('fails with a wrong secret', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_post' });
    const { accessToken } = await rp.login(await app().createUser());

    const answer = await rp.introspect(accessToken, { client_secret: 'x'.repeat(43) });

    assertRefused(answer, 401, 'invalid_client');
  });

  it('is not accepted by GET, which would write the token to logs', async () => {
    const rp = await app().relyingParty();
    const { accessToken } = await rp.login(await app().createUser());
    const search = new URLSearchParams({ token: accessToken, client_id: rp.app.clientId });

    const { status } = await app().send(`${app().issuer}/oauth2/introspect?${search.toString()}`);

    assert.ok(status === 404 || status === 405, String(status));
  });
});
