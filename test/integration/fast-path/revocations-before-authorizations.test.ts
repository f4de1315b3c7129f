// What ends or changes the sign-in, the grant or the account between two equal authorization requests has the
// same effect with and without the fast path (docs/decisions/0065).
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { describeApp, shareInSuite } from '#test/support/app.ts';
import { set } from '#test/support/fast-path/authorizations/drafts.ts';
import {
  comparePlays,
  type PlayPlan,
  type Playing,
} from '#test/support/fast-path/authorizations/plays.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';
import { addAccount } from '#test/support/steps/browser-accounts.ts';

const by = { kind: 'operator' } as const;

type Change = (playing: Playing) => Promise<unknown>;

describeApp('authorizations after a change, with and without the fast path', {}, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const compare = (t: TestContext, plan: PlayPlan) =>
    comparePlays({ t, app: app(), ways: ways() }, plan);
  const command = (...args: readonly string[]) =>
    createCommandRunner(app().services).done([...args]);

  /** A request before and one after the change. */
  const around =
    (change: Change) =>
    async (playing: Playing): Promise<unknown> => {
      const before = await playing.request();
      await change(playing);
      return [before, await playing.request()];
    };

  const signOut: Change = async ({ browser, rp }) =>
    (await browser.open(rp.logoutUrl())).press('sign-out');

  const changePassword: Change = async ({ rp, person }) => {
    const { browser } = await rp.authorize(person);
    const page = await browser.open('/auth/account/password');
    const fields = { current: person.password, password: 'a wholly different phrase' };
    assert.match((await page.press('continue', fields)).text, /Your password was changed/);
  };

  const revokeGrant: Change = async ({ person }) => {
    const grants = await app().services.db.knex('grants').where({ user_id: person.id });
    for (const { id } of grants) await app().services.blocking.revokeGrant(id, by);
  };

  const changes: Readonly<Record<string, Change>> = {
    'its user was blocked': ({ person }) => app().block(person.id),
    'its user was deleted': ({ person }) => command('user', 'delete', person.id, '--yes'),
    'everything of its user was revoked': ({ person }) =>
      app().services.blocking.revokeEverythingOf(person.id, by),
    'the sessions of its user were ended': ({ person }) =>
      app().services.blocking.endSessionsOf(person.id, by),
    'all users were signed out': () => app().services.blocking.signEveryoneOut(by),
    'its user signed out': signOut,
    'the password was changed in another browser': changePassword,
    'the grant was revoked': revokeGrant,
    'the grants of the client were revoked': ({ client }) =>
      app().services.blocking.revokeGrantsOfClient(client.clientId, by),
    'the consent was revoked': ({ person, client }) =>
      app().services.blocking.revokeApp(person.id, client.clientId, by),
    'the user may no longer use the client': async ({ client }) => {
      await command('group', 'create', client.clientId);
      await command('client', 'access', client.clientId, '--allow-group', client.clientId);
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    it(`asks the user after ${name}`, async (t) => {
      const answered = await compare(t, { play: around(change), direct: 1 });
      assert.deepEqual(answered, ['code', 'interaction']);
    });
  }

  it('asks the user if the former cookies are sent after a sign-out', async (t) => {
    const play = async ({ request, browser, rp }: Playing): Promise<unknown> => {
      const before = await request();
      const copy = browser.copy();
      await (await browser.open(rp.logoutUrl())).press('sign-out');
      return [before, await request(undefined, copy)];
    };
    assert.deepEqual(await compare(t, { play, direct: 1 }), ['code', 'interaction']);
  });

  it('asks another user who has signed in with the same browser', async (t) => {
    const play = around(async ({ browser }) => addAccount(browser, await app().createUser()));
    assert.deepEqual(await compare(t, { play, direct: 1 }), ['code', 'interaction']);
  });

  it('answers directly again after a new sign-in', async (t) => {
    const play = async ({ request, person, rp, browser }: Playing) => {
      const old = browser.copy();
      await rp.authorize(person, { scope: 'openid email', prompt: 'login' }, browser);
      return [await request(), await request(undefined, old)];
    };
    assert.deepEqual(await compare(t, { play, direct: 1 }), ['code', 'interaction']);
  });

  it('gives equal responses for an account that is active again', async (t) => {
    const play = async ({ request, browser, person, exchange }: Playing) => {
      const other = await app().createUser();
      await addAccount(browser, other);
      const ofOther = await request();
      await addAccount(browser, person);
      return [ofOther, await request(), await exchange()];
    };
    await compare(t, { play, direct: 0 });
  });

  it('applies a lost membership in an organization', async (t) => {
    await command('organization', 'create', 'stark');
    const inside = set('organization', 'stark');
    const play = async ({ request, person }: Playing) => {
      await command('organization', 'add-member', 'stark', '--user', person.email);
      const before = await request(inside);
      await command('organization', 'remove-member', 'stark', '--user', person.email);
      return [before, await request(inside), await request(set('organization', ''))];
    };
    assert.deepEqual(await compare(t, { play, direct: 2 }), ['code', 'interaction', 'code']);
  });

  it('issues a code that is refused after the sessions were ended', async (t) => {
    const play = async ({ request, exchange, person, clock }: Playing) => {
      await request();
      clock.advance(10);
      await app().services.blocking.endSessionsOf(person.id, by);
      return exchange();
    };
    assert.equal(await compare(t, { play, direct: 1 }), 'invalid_grant');
  });
});
