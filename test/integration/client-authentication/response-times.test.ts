// The time of a refusal must not reveal why client authentication failed. The kinds of request
// alternate in one run, so that other load on the machine affects all of them alike.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import type { WireRequest } from '#test/support/actors/http-client.ts';

const turns = 300;
const maxDifferenceMilliseconds = 2;
/** Other load may delay one kind in one measurement; a real difference is present in all of them. */
const measurements = 3;
const secret = 'x'.repeat(43);

describeApp('failed client authentication', {}, (app) => {
  it(`takes the same time for every reason, by the median of ${turns} requests`, async () => {
    await assertAlike(app(), () => wrongCredentials(app()));
  });

  it('takes the same time for an unknown client and a client that is not cached', async () => {
    await assertAlike(app(), async () => {
      const apps: string[] = [];
      while (apps.length < turns) {
        apps.push((await app().createClient({ auth: 'client_secret_basic' })).clientId);
      }
      return {
        'a wrong secret': (turn) => basic(`${apps[turn]}:${secret}`),
        'an unknown client': (turn) => basic(`unknown-${apps[turn]}:${secret}`),
      };
    });
  });
});

type Kinds = Readonly<Record<string, (turn: number) => Attempt>>;

/** @param prepare called before each measurement, so that nothing is cached */
async function assertAlike(app: TestApp, prepare: () => Promise<Kinds>): Promise<void> {
  const different: string[] = [];
  while (different.length < measurements) {
    const medians = await measure(app, await prepare());
    const values = medians.map(([, median]) => median);
    if (Math.max(...values) - Math.min(...values) < maxDifferenceMilliseconds) return;
    different.push(medians.map(([name, median]) => `${name}: ${median.toFixed(2)} ms`).join(', '));
  }
  assert.fail(different.join('; '));
}

/** The median time of each kind, in milliseconds. */
async function measure(app: TestApp, kinds: Kinds) {
  const names = Object.keys(kinds);
  const times = new Map(names.map((name) => [name, [] as number[]]));
  const answers = new Set<string>();

  for (let turn = 0; turn < turns; turn += 1) {
    // Each kind comes first equally often.
    const shift = turn % names.length;
    for (const name of [...names.slice(shift), ...names.slice(0, shift)]) {
      const attempt = kinds[name]?.(turn) ?? assert.fail();
      const startedAt = performance.now();
      const { status, body } = await refuse(app, attempt);
      times.get(name)?.push(performance.now() - startedAt);
      answers.add(`${status} ${body}`);
    }
  }

  const refusal = { error: 'invalid_client', error_description: 'client authentication failed' };
  assert.deepEqual([...answers], [`401 ${JSON.stringify(refusal)}`]);
  return [...times].map(([name, each]) => [name, medianOf(each)] as const);
}

type Attempt = Pick<WireRequest, 'headers'> & { readonly fields?: Record<string, string> };

/** One client of each kind, requested repeatedly. */
async function wrongCredentials(app: TestApp): Promise<Kinds> {
  const known = await app.createClient({ auth: 'client_secret_basic' });
  const blocked = await app.createClient({ auth: 'client_secret_basic' });
  const { blocking } = app.services;
  await blocking.blockClient(blocked.clientId, { kind: 'operator' });
  return {
    'a wrong secret': () => basic(`${known.clientId}:${secret}`),
    'an unknown client': () => basic(`unknown:${secret}`),
    'a blocked client': () => basic(`${blocked.clientId}:${blocked.clientSecret}`),
    'a secret of 50 kB': () => ({
      fields: { client_id: known.clientId, client_secret: 'z'.repeat(50_000) },
    }),
    'invalid base64': () => ({ headers: { authorization: 'Basic %%%' } }),
    'an invalid percent-encoding': () => basic(`${known.clientId}:%zz`),
  };
}

function basic(pair: string): Attempt {
  return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

async function refuse({ issuer, send }: TestApp, { headers, fields }: Attempt) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...fields });
  const answer = await send(`${issuer}/oauth2/token`, { method: 'POST', headers, body });
  return { status: answer.status, body: await answer.text() };
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}
