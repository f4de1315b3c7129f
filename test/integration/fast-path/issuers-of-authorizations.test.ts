// Authorization requests below the path of an issuer, of an issuer behind a proxy that terminates TLS, and with
// FedCM have the same response with and without the fast path, even as the first request of a process.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { dataUrl, sampleBrand } from '#test/support/data/brand.ts';
import {
  all,
  header,
  replaceHeader,
  set,
  usualDraft,
  write,
  type Draft,
} from '#test/support/fast-path/authorizations/drafts.ts';
import {
  compareNavigations,
  destinationOf,
} from '#test/support/fast-path/authorizations/navigations.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';
import type { Environment } from '#config/config.ts';

/** Compares the responses of new servers, which receive the request as their first one. */
async function sendFirst(t: TestContext, app: TestApp, draft: Draft) {
  const ways = await openTwoWays(t, app);
  const request = write(draft);
  for (const name of ['first', 'second']) {
    const { fast, isDirect } = await compareNavigations(ways, name, request);
    assert.deepEqual([isDirect, destinationOf(fast)], [true, 'code']);
  }
  return ways.send('fast', request);
}

interface SignIns {
  /** The number of users who sign in, one after the other. */
  readonly accounts?: number;
  readonly stays?: boolean;
}

/** The usual request of a browser in which users are signed in. */
async function signIn(app: TestApp, { accounts = 1, stays = true }: SignIns): Promise<Draft> {
  const client = await app.createClient({ auth: 'client_secret_basic', first_party: true });
  const rp = await app.relyingPartyOf(client);
  const browser = app.browser();
  const start = `${new URL(app.issuer).pathname.replace(/\/$/, '')}/auth/sign-in?account=other`;
  for (let turn = 0; turn < accounts; turn += 1) {
    const person = await app.createUser();
    const fields = { login: person.email, password: person.password, stay: stays ? 'yes' : '' };
    await (await browser.open(start)).press('sign-in', fields);
    await rp.authorize(person, { scope: 'openid email' }, browser);
  }
  const url = new URL(rp.as.authorization_endpoint ?? '');
  return { ...usualDraft(client, browser.cookies.header(url)), path: url.pathname };
}

const signIns: Readonly<Record<string, SignIns>> = {
  'a session that stays': {},
  'a session that ends with the browser': { stays: false },
  'the second account of a browser': { accounts: 2 },
};
const brand = { ...sampleBrand, stylesheet: dataUrl('h1 { color: red }', 'text/css') };
const issuers: Readonly<Record<string, Environment>> = {
  'with a path': { ISSUER: 'http://127.0.0.1:8080/sso' },
  'with https and a path': { ISSUER: 'https://id.example/sso/id' },
  'with https and FedCM': { ISSUER: 'https://id.example', FEDCM: 'on' },
  'with a style sheet': { ISSUER: 'http://127.0.0.1:8080', BRANDING: JSON.stringify(brand) },
};

for (const [name, settings] of Object.entries(issuers)) {
  describeApp(`authorizations of an issuer ${name}`, { settings }, (app) => {
    const isSecure = settings['ISSUER']?.startsWith('https') === true;
    const isFedcm = settings['FEDCM'] === 'on';

    for (const [session, each] of Object.entries(signIns)) {
      it(`gives equal responses for an issuer ${name}: ${session}`, async (t) => {
        const { headers } = await sendFirst(t, app(), await signIn(app(), each));
        const cookies = headers.filter(([sent]) => sent.toLowerCase() === 'set-cookie');
        assert.equal(cookies.length, isFedcm ? 3 : 2);
        for (const [, line] of cookies) assert.equal(/; *secure/i.test(line), isSecure, line);
        const status = headers.find(([sent]) => sent === 'Set-Login')?.[1];
        assert.equal(status, isFedcm ? 'logged-in' : undefined);
      });
    }

    it(`gives equal responses for other paths and hosts of an issuer ${name}`, async (t) => {
      const draft = await signIn(app(), {});
      const ways = await openTwoWays(t, app());
      for (const change of [
        (sent: Draft) => ({ ...sent, path: '/oauth2/authorize' }),
        (sent: Draft) => ({ ...sent, path: `/sso${sent.path}` }),
        replaceHeader('Host', 'id.example:443'),
        replaceHeader('Host', 'ID.example'),
        replaceHeader('Host', 'evil.example'),
        set('redirect_uri', 'x'),
        all(set('prompt', 'none'), header('X-Forwarded-Proto', 'http')),
      ]) {
        await compareNavigations(ways, name, write(change(draft)));
      }
    });
  });
}
