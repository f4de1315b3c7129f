// Conditions under which an authorization code is redeemed.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import {
  assertInvalidGrant,
  assertOnce,
  assertRefused,
  atOnce,
  inactive,
  offline,
} from '#test/support/data/outcomes.ts';

describeOnEachArrangement('single use of an authorization code (RFC 6749 §4.1.2)', (app) => {
  it('accepts one of twenty simultaneous redemptions', async () => {
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().createUser());

    const answers = await atOnce(() => rp.tryExchange(callback));

    assertOnce(answers, 400, 'invalid_grant');
  });

  it('revokes the tokens issued for a code when the code is redeemed again', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);

    assertInvalidGrant(await rp.tryExchange(login.callback));

    assert.equal((await rp.introspect(login.accessToken)).text, inactive);
    assert.equal((await rp.introspect(login.refreshToken)).text, inactive);
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
  });

  it('revokes the access token even when the client receives no refresh tokens', async () => {
    const rp = await app().relyingParty({ grant_types: ['authorization_code'] });
    const login = await rp.login(await app().createUser());
    assert.equal(login.refreshToken, '');

    assertInvalidGrant(await rp.tryExchange(login.callback));

    assert.equal((await rp.introspect(login.accessToken)).text, inactive);
  });

  it('keeps tokens of the same client in another browser', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const [there, here] = [await rp.login(person, offline), await rp.login(person, offline)];

    assertInvalidGrant(await rp.tryExchange(here.callback));

    assert.equal(await rp.isActive(there.accessToken), true);
    assert.notEqual((await rp.refresh(there.refreshToken)).accessToken, '');
  });
});

describeApp('binding of a code to its request (RFC 6749 §4.1.3)', {}, (app) => {
  it('rejects another client and keeps the code valid for its own client', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const attacker = await app().relyingParty({ auth: 'private_key_jwt' });
    const callback = await rp.authorize(await app().createUser());

    assertInvalidGrant(await attacker.tryExchange(callback));

    assert.notEqual((await rp.exchange(callback)).accessToken, '');
  });

  it('rejects another redirect_uri of the same client', async () => {
    const redirect_uris = ['https://rp.example/cb', 'https://rp.example/other'];
    const rp = await app().relyingParty({ redirect_uris });
    const callback = await rp.authorize(await app().createUser());

    const answer = await rp.tryExchange(callback, { redirect_uri: 'https://rp.example/other' });

    assertInvalidGrant(answer);
  });

  it('rejects a request without redirect_uri', async () => {
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().createUser());

    const answer = await rp.tryExchange(callback, { redirect_uri: undefined });

    assertRefused(answer, 400, 'invalid_request');
  });

  it('rejects an unknown code', async () => {
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().createUser());

    for (const code of ['x', `${callback.code}x`, callback.code.slice(0, -1)]) {
      assertInvalidGrant(await rp.tryExchange(callback, { code }));
    }
  });
});

describeApp('PKCE verification (RFC 7636 §4.6)', {}, (app) => {
  it('rejects a wrong code_verifier and a missing one', async () => {
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().createUser());
    const { verifier } = await rp.request();

    assertInvalidGrant(await rp.tryExchange(callback, { code_verifier: verifier }));
    assertInvalidGrant(await rp.tryExchange(callback, { code_verifier: undefined }));
  });

  it('does not consume the code when the code_verifier is wrong', async () => {
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().createUser());
    const { verifier } = await rp.request();

    assertInvalidGrant(await rp.tryExchange(callback, { code_verifier: verifier }));

    assert.notEqual((await rp.exchange(callback)).accessToken, '');
  });
});

describeApp(
  'code_verifier without a code_challenge (RFC 9700 §2.1.1)',
  { settings: { REQUIRE_PKCE: 'public' } },
  (app) => {
    it('is rejected with invalid_grant', async () => {
      const rp = await app().relyingParty({ auth: 'client_secret_basic' });
      const callback = await rp.authorize(await app().createUser(), {
        code_challenge: undefined,
        code_challenge_method: undefined,
      });

      assertInvalidGrant(await rp.tryExchange(callback));

      const answer = await rp.tryExchange(callback, { code_verifier: undefined });
      assert.equal(answer.status, 200);
    });
  },
);

describeApp('lifetime of an authorization code', {}, (app) => {
  it('ends after one minute (FAPI 2.0 Security Profile §5.3.2.1)', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const [soon, late] = [await rp.authorize(person), await rp.authorize(person)];

    clock.advance(59);
    assert.notEqual((await rp.exchange(soon)).accessToken, '');

    clock.advance(2);
    assertInvalidGrant(await rp.tryExchange(late));
  });

  it('ends when the user is blocked', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const callback = await rp.authorize(person);

    await app().block(person.id);

    assertInvalidGrant(await rp.tryExchange(callback));
  });

  it('ends when the user signs out', async () => {
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().createUser());

    await (await callback.browser.open(rp.logoutUrl())).press('sign-out');

    assertInvalidGrant(await rp.tryExchange(callback));
  });
});
