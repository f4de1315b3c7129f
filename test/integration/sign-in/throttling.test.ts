// Throttling of password attempts by account and network, which slows an attacker down and never
// locks the owner out.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';

const limited = { RATE_LIMITS: 'on' };
const wrong = 'not the right one';

/** One attempt at the sign-in page of the account, without cookies and with the given headers. */
async function guess(
  app: TestApp,
  login: string,
  { password = wrong, headers = {} }: { password?: string; headers?: Record<string, string> } = {},
): Promise<Page> {
  const browser = app
    .browser()
    .through((url, request) =>
      app.send(url, { ...request, headers: { ...request?.headers, ...headers } }),
    );
  return (await browser.open('/auth/sign-in')).press('sign-in', { login, password });
}

async function signInWith(browser: Browser, login: string, password: string): Promise<Page> {
  return (await browser.open('/auth/sign-in')).press('sign-in', { login, password });
}

function waitOf({ headers }: Page): number {
  return Number(headers.get('retry-after'));
}

describeOnEachArrangement(
  'throttling of wrong passwords',
  (app) => {
    it('counts attempts by client address, whatever the forwarding headers say', async (t) => {
      holdClock(t);
      const { email } = await app().createUser();
      const answers: Page[] = [];
      for (let turn = 0; turn < 8; turn += 1) {
        const address = `198.51.100.${turn}`;
        const headers = {
          'x-forwarded-for': address,
          'x-real-ip': address,
          forwarded: `for="[2001:db8::${turn}]"`,
        };
        answers.push(await guess(app(), email, { headers }));
      }

      const statuses = answers.map(({ status }) => status);
      assert.deepEqual(statuses.slice(0, 5), [422, 422, 422, 422, 422]);
      assert.ok(statuses.slice(5).includes(429), String(statuses));
    });

    it('increases the delay for known and unknown accounts alike', async (t) => {
      const clock = holdClock(t);
      // The start of an hour, in which all failures are then counted.
      clock.advance(3600 - (clock.seconds() % 3600));
      const { email } = await app().createUser();

      const waitsFor = async (login: string): Promise<readonly number[]> => {
        const waits: number[] = [];
        for (let tries = 0; waits.length < 4 && tries < 40; tries += 1) {
          const page = await guess(app(), login);
          if (page.status !== 429) continue;
          waits.push(waitOf(page));
          clock.advance(waitOf(page));
        }
        return waits;
      };
      const [known, unknown] = [await waitsFor(email), await waitsFor('unknown@example.com')];

      assert.deepEqual(known, unknown);
      assert.ok(
        known.every((wait, turn) => turn === 0 || wait > (known[turn - 1] ?? 0)),
        String(known),
      );
    });

    it('shares one counter across spellings of the address and across sign-in pages', async (t) => {
      holdClock(t);
      const { email } = await app().createUser();
      const spellings = [
        email,
        email.toUpperCase(),
        ` ${email} `,
        email.normalize('NFD'),
        // Full-width letters.
        email.replace(/^[a-z]+/, (name) =>
          name.replaceAll(/./g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)),
        ),
      ];
      for (const spelling of spellings) await guess(app(), spelling);

      const own = await guess(app(), email);
      const rp = await app().relyingParty();
      const forApp = await app()
        .browser()
        .open((await rp.request()).url);
      const byApp = await forApp.press('sign-in', { login: email, password: wrong });
      const paths = ['//auth/sign-in', '/auth/sign-in/', '/AUTH/sign-in'];
      const others = await Promise.all(paths.map((path) => app().send(`${app().issuer}${path}`)));

      assert.ok([own.status, byApp.status].includes(429), `${own.status} ${byApp.status}`);
      assert.deepEqual(new Set(others.map(({ status }) => status)), new Set([404]));
    });

    it('does not lock the owner out on a known device', async (t) => {
      holdClock(t);
      const person = await app().createUser();
      const { email, password } = person;
      const own = app().browser();
      await signInWith(own, email, password);
      await own.open('/auth/account');
      let last = await guess(app(), email);
      for (let tries = 0; last.status !== 429 && tries < 20; tries += 1)
        last = await guess(app(), email);

      const unknownDevice = await guess(app(), email, { password });
      const signOut = await own.open('/oauth2/logout');
      await signOut.press('sign-out');
      const owner = await signInWith(own, email, password);
      const recovery = await (
        await app().browser().open('/auth/recover')
      ).press('recover', { email });

      assert.equal(
        unknownDevice.status,
        429,
        'the correct password from a new browser must be throttled as well',
      );
      assert.equal(owner.url.pathname, '/auth/account', owner.text);
      assert.ok(recovery.has('verify'), recovery.text);
    });
  },
  limited,
);

describeApp('rate limits of expensive endpoints', { settings: limited }, (app) => {
  it('are reported in RateLimit and Retry-After headers', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const ask = () =>
      app().send(rp.as.token_endpoint ?? '', {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${rp.app.clientId}:wrong`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
    const statuses = new Map<number, number>();
    let last = await ask();
    for (let turn = 0; turn < 320; turn += 1) {
      statuses.set(last.status, (statuses.get(last.status) ?? 0) + 1);
      await last.arrayBuffer();
      last = await ask();
    }

    assert.equal(statuses.get(401), 300);
    assert.equal(last.status, 429);
    assert.match(last.headers.get('retry-after') ?? '', /^\d+$/);
    assert.match(
      last.headers.get('ratelimit-policy') ?? '',
      /^"client authentication";q=300;w=60$/,
    );
    assert.match(last.headers.get('ratelimit') ?? '', /^"client authentication";r=0;t=\d+$/);
    const { error } = Object(await last.json());
    assert.equal(typeof error, 'string');
  });

  it('are applied to the forms that declare them', async () => {
    const submit = () => app().send(`${app().issuer}/auth/setup/unknown`, { method: 'POST' });
    const statuses = new Set<number>();
    for (let turn = 0; turn < 20; turn += 1) statuses.add((await submit()).status);

    const last = await submit();

    assert.equal(statuses.has(429), false);
    assert.equal(last.status, 429);
    assert.equal(last.headers.get('ratelimit-policy'), '"setup";q=20;w=600');
    assert.match(last.headers.get('retry-after') ?? '', /^\d+$/);
  });
});
