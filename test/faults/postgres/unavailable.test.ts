// PostgreSQL is stopped, does not respond, or terminates its backends. Requests that need it fail
// in time with 503, requests that do not need it succeed, and no sign-in is lost. Slowness is
// covered by slow.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { Person, RelyingParty } from '#test/support/actors/relying-party.ts';
import {
  describeFault,
  timed,
  turns,
  until,
  type FaultRig,
} from '#test/support/faults/fault-suite.ts';
import { assertOrderly } from '#test/support/faults/history.ts';
import { startLoad } from '#test/support/faults/load.ts';
import type { Send } from '#test/support/actors/http-client.ts';

/** Longest time until a request receives 503. */
const answerMilliseconds = 3000;

interface Endpoint {
  readonly name: string;
  readonly call: (send: Send) => Promise<Response>;
}

describeFault('unavailable PostgreSQL', {}, (rig) => {
  describe('PostgreSQL is stopped', () => {
    for (const [state, stop] of [
      ['gone', 'cut'],
      ['frozen', 'freeze'],
    ] as const) {
      it(`responds in time with 503 and Retry-After while it is ${state}`, async (t) => {
        const load = await startLoad(t, rig());
        const endpoints = await prepareEndpoints(rig());
        const { send } = rig().at(1);

        rig().postgres[stop]();
        await until('introspection returns 503', () => refuses(endpoints[0], send));
        const answers = await Promise.all(endpoints.map((endpoint) => call(endpoint, send)));
        const health = await Promise.all([healthOf(rig(), 0), healthOf(rig(), 1)]);
        const published = await Promise.all(
          ['/oauth2/jwks', '/.well-known/openid-configuration'].map((path) =>
            rig().statusOf(rig().at(1), path),
          ),
        );

        const waits = answers.map(({ name, milliseconds }) => `${name} ${milliseconds.toFixed()}`);
        t.diagnostic(`${state}: ${waits.join(', ')} ms`);
        for (const { name, answer, text, milliseconds } of answers) {
          assert.equal(answer.status, 503, `${name}: ${text.slice(0, 200)}`);
          assert.ok(milliseconds <= answerMilliseconds, `${name} took ${milliseconds} ms`);
          const { status, headers } = answer;
          assertOrderly({ address: name, status, milliseconds, headers, text });
        }
        assert.deepEqual(health, [
          [503, 200],
          [503, 200],
        ]);
        assert.deepEqual(published, [200, 200]);
        rig().postgres.heal();
        await load.settle();
      });
    }
  });

  describe('PostgreSQL terminates its backends', () => {
    it('keeps every sign-in and reconnects automatically', async (t) => {
      const load = await startLoad(t, rig());

      for (let turn = 0; turn < turns(5, 40); turn += 1) {
        await rig().sql(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()`,
        );
        await load.rounds(1);
      }

      await load.settle();
    });
  });
});

/** Every kind of request that cannot be answered without PostgreSQL. */
async function prepareEndpoints(rig: FaultRig): Promise<readonly Endpoint[]> {
  const rp = await rig.relyingParty({ auth: 'client_secret_post' });
  const person = await rig.createUser();
  const login = await rig.login(rp, person, offline);
  const code = await rp.authorize(person, {}, login.browser);
  const other = await rp.through(rig.at(1).send);
  const visitor = rig.browser();
  const page = await visitor.open((await rp.request()).url);
  const api = await createApiClient({ ...rig, send: rig.at(1).send });
  const { as } = other;
  const { headers, body: credentials } = await credentialsOf(rp);
  const form = (endpoint: string | undefined, parameters: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({ ...Object.fromEntries(credentials), ...parameters });
    return (send: Send) => send(endpoint ?? '', { method: 'POST', headers, body });
  };
  assert.equal(await other.isActive(login.accessToken), true);

  return [
    { name: 'introspect', call: form(as.introspection_endpoint, { token: login.accessToken }) },
    {
      name: 'userinfo',
      call: (send) =>
        send(as.userinfo_endpoint ?? '', {
          headers: { authorization: `Bearer ${login.accessToken}` },
        }),
    },
    {
      name: 'refresh',
      call: form(as.token_endpoint, {
        grant_type: 'refresh_token',
        refresh_token: login.refreshToken,
      }),
    },
    {
      name: 'code',
      call: form(as.token_endpoint, {
        grant_type: 'authorization_code',
        code: code.code,
        redirect_uri: code.redirectUri,
        code_verifier: code.verifier,
      }),
    },
    { name: 'authorize', call: await authorizeWith(login.browser, rp) },
    { name: 'sign-in', call: submit(visitor, page, person) },
    {
      name: 'api',
      call: (send) =>
        send(`${rig.issuer}/auth/api/v1/users/${person.id}`, {
          headers: { authorization: `Bearer ${api.accessToken}` },
        }),
    },
  ];
}

async function credentialsOf({ app, as }: RelyingParty) {
  const body = new URLSearchParams();
  const headers = new Headers();
  await app.auth(as, { client_id: app.clientId }, body, headers);
  return { body, headers: Object.fromEntries(headers) };
}

async function authorizeWith(browser: Browser, rp: RelyingParty): Promise<Endpoint['call']> {
  const { url } = await rp.request();
  const cookie = browser.cookies.header(url);
  return (send) => send(url, { headers: { cookie } });
}

function submit(browser: Browser, page: Page, { email, password }: Person): Endpoint['call'] {
  const { action, fields } = page.form('sign-in');
  const body = new URLSearchParams({ ...Object.fromEntries(fields), login: email, password });
  const url = new URL(action, page.url);
  const headers = { origin: url.origin, 'sec-fetch-site': 'same-origin' };
  const cookie = browser.cookies.header(url);
  return (send) => send(url, { method: 'POST', body, headers: { ...headers, cookie } });
}

async function call({ name, call: ask }: Endpoint, send: Send) {
  const { result: answer, milliseconds } = await timed(() => ask(send));
  return { name, answer, milliseconds, text: await answer.text() };
}

/** True once the response is 503; `active` from before the fault may be cached for one second. */
async function refuses(endpoint: Endpoint | undefined, send: Send): Promise<boolean> {
  if (!endpoint) throw new TypeError('endpoint not found');
  return (await call(endpoint, send)).answer.status === 503;
}

async function healthOf(rig: FaultRig, turn: number): Promise<readonly number[]> {
  const node = rig.at(turn);
  return [await rig.statusOf(node, '/health/ready'), await rig.statusOf(node, '/health/live')];
}
