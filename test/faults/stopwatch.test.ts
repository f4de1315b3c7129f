// The stopwatch: a person is blocked through one node; how long does another node still accept what
// the person holds? Promised is a second at most (docs/blocking.md shows what was measured).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createCaller, createApiClient, type ApiClient } from '#test/api-client.ts';
import type { Browser, Page } from '#test/cookie-browser.ts';
import { offline } from '#test/outcomes.ts';
import type { Callback, Person, RelyingParty } from '#test/relying-party.ts';
import { describeFault, patiently, turns, type FaultRig } from '#test/rig/faults.ts';

const kinds = ['session', 'opaque', 'jwt', 'refresh', 'code', 'half sign-in'] as const;
type Kind = (typeof kinds)[number];

/** From the moment the block has answered. */
const promisedMilliseconds = 1000;
const atOnce = turns(5, 10);
const pollMilliseconds = 5;

/** The apps, at the node that is asked after the block. */
interface Apps {
  readonly rp: RelyingParty;
  readonly api: RelyingParty;
  readonly audience: string;
}

interface Holdings {
  readonly person: Person;
  readonly browser: Browser;
  opaque: string;
  refresh: string;
  readonly jwt: string;
  readonly code: Callback;
  /** The page that asks for consent, in another browser. */
  readonly half: Page;
}

/** Milliseconds after the block. */
interface Timing {
  /** When the last request was sent that was still accepted; 0: none was. */
  accepted: number;
  /** When the first refusal had arrived. */
  refused: number;
}
type Timings = Readonly<Record<Kind, Timing>>;

describeFault('blocked at one node, refused at the other within a second', {}, (rig) => {
  it('whatever the person holds, with warm caches', async (t) => {
    const apps = await openApps(rig());
    const operator = await createApiClient({ ...rig(), send: rig().at(0).send });
    const runs: Timings[] = [];

    while (runs.length < turns(10, 200)) {
      const people = await prepareMany(rig(), apps);
      runs.push(...(await Promise.all(people.map((held) => blockAndWatch(held, apps, operator)))));
    }

    report(t, 'warm caches', runs);
  });

  it('and with Redis stopped, where what can not be looked up is refused with 503', async (t) => {
    const apps = await openApps(rig());
    const operator = await createApiClient({ ...rig(), send: rig().at(0).send });
    const runs: Timings[] = [];

    while (runs.length < turns(10, 200)) {
      const people = await prepareMany(rig(), apps);
      rig().redis.freeze();
      // An operator's token from before can not be looked up either; a new one can be had.
      const { accessToken } = await operator.rp.clientCredentials({
        resource: `${rig().issuer}/auth/api`,
        scope: 'users:write',
      });
      const meanwhile = {
        ...operator,
        ...createCaller({ ...rig(), send: rig().at(0).send }, accessToken),
      };
      for (const held of people) await refresh(held, apps);
      runs.push(...(await Promise.all(people.map((held) => blockAndWatch(held, apps, meanwhile)))));
      rig().redis.thaw();
      await rig().recovers();
      for (const held of people) assert.equal(await accepts.code(held, apps), false);
    }

    report(t, 'Redis stopped', runs);
  });
});

/** True when the other node accepts it. */
const accepts: Readonly<Record<Kind, (held: Holdings, apps: Apps) => Promise<boolean>>> = {
  async session({ browser }, { rp }) {
    const page = await browser.through(rp.send).open((await rp.request({ prompt: 'none' })).url);
    return page.url.searchParams.has('code');
  },
  opaque: ({ opaque }, { rp }) => rp.isActive(opaque),
  jwt: ({ jwt }, { api }) => api.isActive(jwt),
  async refresh(held, { rp }) {
    const { status, body } = await rp.tryRefresh(held.refresh);
    if (status === 200) held.refresh = String(body['refresh_token']);
    return status === 200;
  },
  async code({ code }, { rp }) {
    return (await rp.tryExchange(code)).status === 200;
  },
  async 'half sign-in'({ half }) {
    return (await half.press('allow')).url.searchParams.has('code');
  },
};

async function openApps(rig: FaultRig): Promise<Apps> {
  const { audience } = await rig.anApi({ accessTokenFormat: 'jwt' });
  const api = await rig.relyingParty({
    auth: 'client_secret_basic',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    resources: [audience],
  });
  const rp = await rig.relyingParty();
  const { send } = rig.at(1);
  return { audience, rp: await rp.through(send), api: await api.through(send) };
}

async function prepareMany(rig: FaultRig, apps: Apps): Promise<readonly Holdings[]> {
  const people: Holdings[] = [];
  while (people.length < atOnce)
    people.push(await patiently(() => prepare(rig, apps), rig.recovers));
  return people;
}

async function prepare(rig: FaultRig, { rp, audience }: Apps): Promise<Holdings> {
  const person = await rig.aPerson();
  const login = await rp.login(person, offline);
  const { browser } = login;
  const jwt = await rp.login(person, { resource: audience, scope: 'openid read' }, browser);
  const code = await rp.authorize(person, {}, browser);
  const { url } = await rp.request({ prompt: 'consent' });
  const signIn = await rig.browser(rig.at(1)).open(url);
  const half = await signIn.press('sign-in', { login: person.email, password: person.password });
  assert.ok(half.has('allow'), half.text);
  const { accessToken: opaque, refreshToken } = login;
  return { person, browser, opaque, refresh: refreshToken, jwt: jwt.accessToken, code, half };
}

/** For an access token that was made while Redis was away. */
async function refresh(held: Holdings, { rp }: Apps): Promise<void> {
  const next = await rp.refresh(held.refresh);
  held.opaque = next.accessToken;
  held.refresh = next.refreshToken;
}

async function blockAndWatch(held: Holdings, apps: Apps, operator: Pick<ApiClient, 'post'>) {
  const warm = await Promise.all([accepts.opaque(held, apps), accepts.jwt(held, apps)]);
  assert.deepEqual(warm, [true, true]);
  const answer = await operator.post(`users/${held.person.id}/block`, { reason: 'a test' });
  assert.equal(answer.status, 200, answer.text);
  const blockedAt = performance.now();
  const timings = await Promise.all(
    kinds.map(async (kind) => [kind, await watch(() => accepts[kind](held, apps), blockedAt)]),
  );
  return Object.fromEntries(timings) as Timings; // every kind is in it
}

async function watch(isAccepted: () => Promise<boolean>, blockedAt: number): Promise<Timing> {
  const timing: Timing = { accepted: 0, refused: 0 };
  for (;;) {
    const sentAt = performance.now() - blockedAt;
    if (!(await isAccepted())) {
      timing.refused = performance.now() - blockedAt;
      return timing;
    }
    timing.accepted = sentAt;
    assert.ok(sentAt <= promisedMilliseconds, `accepted ${sentAt} ms after the block`);
    await pause(pollMilliseconds);
  }
}

function report(t: { diagnostic(line: string): void }, under: string, runs: readonly Timings[]) {
  t.diagnostic(`the worst of ${runs.length} runs, ${under}, in ms after the block:`);
  for (const kind of kinds) {
    const worst = (of: keyof Timing) => Math.max(...runs.map((run) => run[kind][of])).toFixed();
    t.diagnostic(`${kind}: last accepted ${worst('accepted')}, refused by ${worst('refused')}`);
  }
}
