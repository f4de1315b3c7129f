// An authorization request renews the session and its cookies in the same way with and without the fast path,
// whatever the session and the other cookies of the browser are (docs/decisions/0065).
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { describeApp, shareInSuite } from '#test/support/app.ts';
import {
  cookies,
  header,
  set,
  usualDraft,
  write,
} from '#test/support/fast-path/authorizations/drafts.ts';
import {
  compareNavigations,
  destinationOf,
} from '#test/support/fast-path/authorizations/navigations.ts';
import {
  comparePlays,
  type PlayPlan,
  type Playing,
} from '#test/support/fast-path/authorizations/plays.ts';
import { openTwoWays, type TwoWays } from '#test/support/fast-path/two-ways.ts';
import { addAccount } from '#test/support/steps/browser-accounts.ts';
import { signInWithCode } from '#test/support/steps/reauthentication.ts';
import { codeOf as codeFor, setUpCodes } from '#test/support/steps/totp.ts';
import { anImpersonation, impersonating } from '#test/support/steps/impersonation.ts';

const settings = {
  ...impersonating,
  SESSION_IDLE_SECONDS: '6000',
  SESSION_TRANSIENT_IDLE_SECONDS: '600',
  SESSION_MAX_SECONDS: '9000',
};

describeApp('sessions of authorizations with and without the fast path', { settings }, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const rotated = shareInSuite((works) => {
    const { cookieKeys } = app().services.config;
    return openTwoWays(works, app(), { config: { cookieKeys: ['n'.repeat(43), ...cookieKeys] } });
  });
  const compare = (t: TestContext, plan: PlayPlan) =>
    comparePlays({ t, app: app(), ways: ways() }, plan);

  async function signIn(playing: Playing, fields: object): Promise<Browser> {
    const browser = app().browser();
    await addAccount(browser, playing.person, fields);
    await playing.rp.authorize(playing.person, { scope: 'openid email' }, browser);
    return browser;
  }

  it('writes the last use once a minute, and extends the cookie each time', async (t) => {
    const play = async ({ request, clock }: Playing) => {
      const ends = [];
      for (const seconds of [0, 59, 0, 1, 30, 29, 2, 5000, 5999]) {
        clock.advance(seconds);
        ends.push(await request());
      }
      return ends;
    };
    const ends = await compare(t, { play, direct: 8 });
    assert.deepEqual(ends, [...Array.from({ length: 8 }, () => 'code'), 'interaction']);
  });

  it('ends a session after the idle time', async (t) => {
    const play = async ({ request, clock }: Playing) => {
      const ends = [await request()];
      clock.advance(5999);
      ends.push(await request());
      clock.advance(6000);
      return [...ends, await request()];
    };
    assert.deepEqual(await compare(t, { play, direct: 2 }), ['code', 'code', 'interaction']);
  });

  it('renews a session that ends with the browser, without an expiry of its cookie', async (t) => {
    const play = async (playing: Playing) => {
      const browser = await signIn(playing, { stay: '' });
      const ends = [await playing.request(undefined, browser)];
      for (const seconds of [59, 2, 599, 600]) {
        playing.clock.advance(seconds);
        ends.push(await playing.request(undefined, browser));
      }
      return ends;
    };
    const ends = await compare(t, { play, direct: 4 });
    assert.deepEqual(ends, ['code', 'code', 'code', 'code', 'interaction']);
  });

  it('applies max_age to the age of the sign-in', async (t) => {
    const play = async ({ request, clock }: Playing) => {
      const ends = [];
      for (const seconds of [0, 99, 1, 1, 1]) {
        clock.advance(seconds);
        ends.push(await request(set('max_age', '100')));
      }
      return ends;
    };
    await compare(t, { play, direct: 3 });
  });

  it('leaves several accounts of one browser to the middleware where it must ask', async (t) => {
    const play = async ({ request, browser, person, rp }: Playing) => {
      const other = await app().createUser();
      await addAccount(browser, other);
      await rp.authorize(other, { scope: 'openid email' }, browser);
      return [
        await request(),
        await request(set('login_hint', person.email)),
        await request(set('login_hint', other.email)),
        await request(set('prompt', 'select_account')),
        await request(set('prompt', 'none')),
      ];
    };
    const ends = await compare(t, { play, direct: 3 });
    assert.deepEqual(ends, ['code', 'interaction', 'code', 'interaction', 'code']);
  });

  it('includes the second factor of the session in the tokens', async (t) => {
    const play = async ({ request, person, rp, exchange, clock }: Playing) => {
      const own = app().browser();
      await addAccount(own, person);
      const { secret } = await setUpCodes(own, person);
      clock.advance(60);
      const browser = await signInWithCode(app(), person, codeFor(secret));
      await rp.authorize(person, { scope: 'openid email' }, browser);
      const ends = [];
      for (const level of ['urn:ostiary:acr:two-factor', 'urn:ostiary:acr:password other']) {
        ends.push(await request(set('acr_values', level), browser), await exchange());
      }
      return ends;
    };
    const ends = await compare(t, { play, direct: 2 });
    assert.deepEqual(ends, ['code', undefined, 'code', undefined]);
  });

  it('leaves the session of an impersonation to the middleware', async (t) => {
    const play = async ({ request, client, way }: Playing) => {
      const { browser } = await anImpersonation(app(), `Mary ${way.length}`);
      const copy = browser.copy();
      const without = cookies((value) => value.replace(/ostiary-impersonation=[^;]*/, 'a=b'));
      assert.ok(client.clientId);
      return [await request(undefined, browser), await request(without, copy)];
    };
    const facts = { auth: 'client_secret_basic', first_party: true } as const;
    await compare(t, { facts, play, direct: 0 });
  });

  /** A browser in which two users are signed in, and the usual request of a client. */
  async function twoAccounts() {
    const rp = await app().relyingParty({ auth: 'client_secret_basic', first_party: true });
    const browser = app().browser();
    const people: Person[] = [await app().createUser(), await app().createUser()];
    for (const person of people) {
      await addAccount(browser, person);
      await rp.authorize(person, { scope: 'openid email' }, browser);
    }
    const { url } = await rp.request();
    return usualDraft(rp.app as Playing['client'], browser.cookies.header(url));
  }

  async function assertEqual(sent: TwoWays, name: string, request: ReturnType<typeof write>) {
    const { fast } = await compareNavigations(sent, name, request);
    assert.equal(destinationOf(fast), 'code', name);
  }

  it('signs cookies again after the keys were rotated', async () => {
    const draft = await twoAccounts();
    await assertEqual(rotated(), 'rotated keys', write(draft));
    const value = new Map(draft.headers).get('Cookie') ?? '';
    const alone = value.replaceAll(/ostiary-(?:accounts|device)[\w.-]*=[^;]*;? ?/g, '');
    await assertEqual(rotated(), 'one account', write(cookies(() => alone)(draft)));
    // Now the session cookie is signed with the new key, and the device cookie with the old one.
    const { headers } = await rotated().send('engine', write(draft));
    const lines = headers.map(([, line]) => line);
    const signature = lines.findLast((line) => line.startsWith('ostiary.sig='))?.split(';')[0];
    const renewed = value.replace(/ostiary\.sig=[^;]*/, signature ?? '');
    await assertEqual(rotated(), 'session signed again', write(cookies(() => renewed)(draft)));
  });

  it('removes the signature of a forged device cookie', async () => {
    const draft = await twoAccounts();
    for (const [name, change] of [
      ['forged', cookies((value) => value.replace(/device\.sig=.{5}/, 'device.sig=abcde'))],
      ['changed', cookies((value) => value.replace(/device=.{5}/, 'device=abcde'))],
      ['unsigned', cookies((value) => value.replace(/; ostiary-device\.sig=[^;]*/, ''))],
      ['absent', cookies((value) => value.replaceAll(/ostiary-device[\w.]*=[^;]*;? ?/g, ''))],
      ['in two headers', header('Cookie', 'ostiary-device=abc; ostiary-device.sig=abc')],
    ] as const) {
      await assertEqual(ways(), name, write(change(draft)));
    }
  });
});
