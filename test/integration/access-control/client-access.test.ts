// Who may sign in to a client: at the authorization endpoint, and for every code and token.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';

describeApp('a client that only some users may use', {}, (app) => {
  it('shows other users a page that returns to the client with access_denied', async () => {
    const { rp, outsider } = await aLimitedClient(app());
    const pending = await rp.request();
    const browser = app().browser();

    const page = await rp.passPages(await browser.open(pending.url), outsider);

    assert.equal(page.status, 403);
    assert.ok(page.has('no-access') && !page.has('allow'), page.html);
    assert.match(page.html, /Tasks/);
    const answer = await page.press('back');
    assert.equal(answer.url.searchParams.get('error'), 'access_denied');
    assert.equal(answer.url.searchParams.get('state'), pending.state);
  });

  it('accepts another account from that page', async () => {
    const { rp, insider, outsider } = await aLimitedClient(app());
    const pending = await rp.request();
    const refused = await rp.passPages(await app().browser().open(pending.url), outsider);

    const other = await refused.press('switch');
    const answer = await rp.passPages(other, insider);

    const tokens = await rp.exchange(rp.receive(answer, pending));
    assert.equal(tokens.claims['sub'], insider.id);
  });

  it('shows the page to a user with a session, too', async () => {
    const { rp, outsider } = await aLimitedClient(app());
    const open = await app().relyingParty();
    const { browser } = await open.login(outsider);

    const page = await browser.open((await rp.request()).url);
    const silent = await browser.open((await rp.request({ prompt: 'none' })).url);

    assert.ok(page.has('no-access'));
    assert.equal(silent.url.searchParams.get('error'), 'access_denied');
  });

  it('lets in members of an allowed group or organization and users with an allowed role', async () => {
    const { done } = createCommandRunner(app().services);
    const { rp, outsider } = await aLimitedClient(app());
    const { clientId } = rp.app;
    await done(['group', 'create', 'Testers']);
    await done(['organization', 'create', 'initech']);
    await done(['group', 'add-member', 'Testers', '--user', outsider.email]);
    await done(['organization', 'add-member', 'initech', '--user', outsider.email]);

    for (const [kind, name] of [
      ['group', 'Testers'],
      ['organization', 'initech'],
    ] as const) {
      await done(['client', 'access', clientId, `--allow-${kind}`, name]);
      assert.equal((await rp.login(outsider)).claims['sub'], outsider.id);
      await done(['client', 'access', clientId, `--disallow-${kind}`, name]);
    }
    const refused = await rp.passPages(
      await app()
        .browser()
        .open((await rp.request()).url),
      outsider,
    );
    assert.ok(refused.has('no-access'));
  });

  it('refuses the code and every token of a user who lost the access', async () => {
    const { done } = createCommandRunner(app().services);
    const { rp, insider } = await aLimitedClient(app());
    const login = await rp.login(insider, offline);
    const callback = await rp.authorize(insider);

    await done(['user', 'remove-role', insider.id, '--role', `${rp.app.clientId}:member`]);

    assertInvalidGrant(await rp.tryExchange(callback));
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
    for (const token of [login.accessToken, login.refreshToken]) {
      assert.equal((await rp.introspect(token)).text, inactive);
    }
  });

  it('stays closed when the group that was allowed is deleted', async () => {
    const { done } = createCommandRunner(app().services);
    const rp = await app().relyingParty();
    const person = await app().createUser();
    await done(['group', 'create', 'Temporary']);
    await done(['client', 'access', rp.app.clientId, '--allow-group', 'Temporary']);
    await done(['group', 'delete', 'Temporary', '--yes']);

    const page = await rp.passPages(
      await app()
        .browser()
        .open((await rp.request()).url),
      person,
    );

    assert.ok(page.has('no-access'));
    await done(['client', 'access', rp.app.clientId, '--everyone']);
    assert.equal((await rp.login(person)).claims['sub'], person.id);
  });
});

describeApp('an authorization request for an organization', {}, (app) => {
  it('is refused with a page to users who are not members, and whether or not it exists', async () => {
    const { done } = createCommandRunner(app().services);
    await done(['organization', 'create', 'hooli']);
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { browser } = await rp.login(person);

    for (const organization of ['hooli', 'no-such-organization', "' or 1=1 --"]) {
      const page = await browser.open((await rp.request({ organization })).url);
      const silent = await browser.open((await rp.request({ organization, prompt: 'none' })).url);

      assert.ok(page.has('no-access'), organization);
      assert.match(page.html, /isn’t in the right organization/);
      assert.equal(silent.url.searchParams.get('error'), 'access_denied');
    }
  });
});

async function aLimitedClient(app: TestApp) {
  const { done } = createCommandRunner(app.services);
  const rp = await app.relyingParty();
  const { clientId } = rp.app;
  const [insider, outsider] = [await app.createUser(), await app.createUser()];
  await done(['role', 'create', 'member', '--client', clientId]);
  await done(['user', 'add-role', insider.id, '--role', `${clientId}:member`]);
  await done(['client', 'access', clientId, '--allow-role', `${clientId}:member`]);
  return { rp, insider, outsider };
}
