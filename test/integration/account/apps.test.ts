import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeOnEachArrangement } from '#test/support/app.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';

const path = '/auth/account/apps';

describeOnEachArrangement('the connected apps page', (app) => {
  it('shows what each client may access and when this was granted and last used', async () => {
    const rp = await app().relyingParty({ client_name: 'Acme Notes' });
    const { browser } = await rp.login(await app().createUser(), offline);

    const page = await browser.open(path);

    assert.match(page.text, /Acme Notes/);
    assert.match(page.text, /used (just now|1 minute ago)/);
    assert.match(page.text, /allowed (just now|1 minute ago)/);
  });

  it('revokes the consent of a client and its tokens in every session', async () => {
    const backchannel_logout_uri = 'https://rp.example/logout';
    const rp = await app().relyingParty({ backchannel_logout_uri });
    const person = await app().createUser();
    const [here, there] = [await rp.login(person, offline), await rp.login(person, offline)];
    const kept = await app().relyingParty();
    const other = await kept.login(person, offline, here.browser);
    const list = await here.browser.open(path);

    const page = await list.press(
      list.html.indexOf(rp.app.clientId) < list.html.indexOf(kept.app.clientId)
        ? 'revoke-1'
        : 'revoke-2',
    );

    assert.ok(page.has('revoke-1') && !page.has('revoke-2'), page.text);
    for (const { refreshToken, accessToken } of [here, there]) {
      assertInvalidGrant(await rp.tryRefresh(refreshToken));
      assert.equal((await rp.introspect(accessToken)).text, inactive);
    }
    assert.notEqual((await kept.refresh(other.refreshToken)).refreshToken, '');
    assert.ok((await here.browser.open((await rp.request()).url)).has('allow'));
    const orders = await app().services.db.knex('outbox').where({ client_id: rp.app.clientId });
    assert.equal(orders.length, 2);
  });

  it('shows an empty list after the last client was removed', async () => {
    const rp = await app().relyingParty();
    await rp.login(await app().createUser(), offline);
    const person = await app().createUser();
    const signIn = await app().browser().open('/auth/sign-in');
    await signIn.press('sign-in', { login: person.email, password: person.password });
    const browser = await app().relyingParty();
    const { browser: signedIn } = await browser.login(person);
    const list = await signedIn.open(path);

    const none = await list.press('revoke-1');

    assert.match(none.text, /No app has access to your account\./);
  });
});

describeOnEachArrangement('the recent activity page', (app) => {
  it('lists only the user’s own events in plain language, newest first', async () => {
    const rp = await app().relyingParty();
    const other = await app().createUser();
    await rp.login(other);
    const { browser } = await rp.login(await app().createUser(), offline);
    await (await browser.open(path)).press('revoke-1');

    const page = await browser.open('/auth/account/activity');

    const events = [...page.html.matchAll(/<p><b>([^<]+)<\/b>/g)].map(([, words]) => words);
    assert.deepEqual(events, [
      'An app’s access was removed',
      'Signed in',
      'You gave Tasks access',
      'Your account was created',
    ]);
  });
});
