import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';

const path = '/auth/account/sessions';
const phone = {
  'user-agent':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 ' +
    '(KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'x-forwarded-for': '8.8.8.8',
};

/** A user signed in to a client on a phone with an address in another country and on a laptop. */
async function onTwoDevices(app: TestApp) {
  const rp = await app.relyingParty();
  const person = await app.createUser();
  const phoneBrowser = app
    .browser()
    .through((url, request) =>
      app.send(url, { ...request, headers: { ...request?.headers, ...phone } }),
    );
  const onPhone = await rp.login(person, offline, phoneBrowser);
  const onLaptop = await rp.login(person, offline);
  return { rp, person, onPhone, onLaptop };
}

async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.open(path)).url.pathname === path;
}

describeOnEachArrangement(
  'the signed-in browsers page',
  (app) => {
    it('lists sessions with device, country, times and clients, current one first', async () => {
      const { onLaptop } = await onTwoDevices(app());

      const page = await onLaptop.browser.open(path);

      assert.equal(page.heading, 'Where you’re signed in');
      const [, first = '', second = ''] = page.html.split('<li>');
      assert.match(first, /This browser/);
      assert.match(second, /Safari on iPhone/);
      assert.match(second, /United States/);
      assert.match(second, /8\.8\.8\.8/);
      assert.match(
        second,
        /(active just now|last used 1 minute ago).*signed in (just now|1 minute ago)/,
      );
      assert.match(second, /Apps: Tasks/);
      assert.doesNotMatch(second, /This browser/);
    });

    it('ends the session of another browser and revokes the grants made in it', async () => {
      const { rp, onPhone, onLaptop } = await onTwoDevices(app());

      const page = await (await onLaptop.browser.open(path)).press('end-2');

      assert.ok(!page.has('end-2'), page.text);
      assert.equal(await isSignedIn(onPhone.browser), false);
      assertInvalidGrant(await rp.tryRefresh(onPhone.refreshToken));
      assert.notEqual((await rp.refresh(onLaptop.refreshToken)).refreshToken, '');
    });

    it('ends all other sessions at once', async () => {
      const { rp, person, onPhone, onLaptop } = await onTwoDevices(app());
      const third = await rp.login(person);

      const page = await (await onLaptop.browser.open(path)).press('end-others');

      assert.ok(page.has('end-1') && !page.has('end-2'), page.text);
      assert.ok(!page.has('end-others'));
      assert.deepEqual(
        [await isSignedIn(onPhone.browser), await isSignedIn(third.browser)],
        [false, false],
      );
    });

    it('ends the session of the current browser', async () => {
      const { onPhone, onLaptop } = await onTwoDevices(app());

      const page = await (await onLaptop.browser.open(path)).press('end-1');

      assert.ok(page.has('sign-in'), page.text);
      assert.equal(await isSignedIn(onPhone.browser), true);
    });
  },
  { TRUSTED_PROXIES: '127.0.0.1' },
);

describeApp('the endpoint that ends a session', {}, (app) => {
  it('answers 404 for the session of another user and for an unknown one', async () => {
    const rp = await app().relyingParty();
    const [victim, attacker] = [
      await rp.login(await app().createUser()),
      await rp.login(await app().createUser()),
    ];
    const { uid } = await app()
      .services.db.knex('sessions')
      .where({ user_id: victim.claims.sub })
      .first('uid');
    const own = await attacker.browser.open(path);
    const token = own.form('end-1').fields.get('form_token') ?? '';
    const end = async (id: string) => {
      const answer = await app().send(new URL(`${path}/${id}/end`, app().issuer), {
        method: 'POST',
        body: new URLSearchParams({ form_token: token }),
        headers: {
          cookie: attacker.browser.cookies.header(new URL(app().issuer)),
          origin: app().issuer,
        },
      });
      return answer.status;
    };

    assert.deepEqual([await end(uid), await end('no-such-session')], [404, 404]);
    assert.equal(await isSignedIn(victim.browser), true);
  });

  it('refuses to end a session without a valid CSRF token', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    const { action } = (await browser.open(path)).form('end-1');

    const answer = await app().send(new URL(action, app().issuer), {
      method: 'POST',
      body: new URLSearchParams({ form_token: 'guessed' }),
      headers: { cookie: browser.cookies.header(new URL(app().issuer)), origin: app().issuer },
    });

    assert.equal(answer.status, 403);
    assert.equal(await isSignedIn(browser), true);
  });

  it('redirects signed-out browsers from sessions, apps and activity to sign-in', async () => {
    for (const page of [path, '/auth/account/apps', '/auth/account/activity']) {
      assert.ok((await app().browser().open(page)).has('sign-in'));
    }
  });
});
