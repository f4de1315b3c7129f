// Other products in the load test: options, verdicts, the section of docs/performance.md, and the terms
// that a product is checked against.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UnsecuredJWT } from 'jose';
import { describePerformance } from '#bench/document/page.ts';
import { describePeersSection } from '#bench/document/peers-section.ts';
import type { ServerName } from '#bench/load/flow.ts';
import type { LoadResults, Summary } from '#bench/load/results.ts';
import { readOptions } from '#bench/options.ts';
import { checkTokens } from '#bench/peers/check-terms.ts';
import { describeRealm } from '#bench/peers/keycloak/realm.ts';
import { makeClient } from '#bench/peers/clients.ts';
import { ratioOf, verdictOf } from '#bench/peers/ratios.ts';
import { describePeers } from '#bench/peers/report.ts';
import { readAllResults } from '#bench/results-files.ts';

const { peers: _, ...ownResults } = await readAllResults();

/** With these processor times of the servers, and a tenth of it in PostgreSQL. */
function summaryOf(serverCpu: number): Summary {
  const times = { serverCpu, postgresCpu: serverCpu / 10, redisCpu: 0 };
  const rates = { perSecond: 1e6 / serverCpu, medianMs: 1, p99Ms: 2, p999Ms: 3, rounds: 9 };
  const shares = { refused: 0, generatorShare: 0, foreignShare: 0 };
  return { median: { ...times, ...rates, ...shares }, serverCpuRange: [serverCpu, serverCpu] };
}

function measuredAs(flow: string, cpu: Partial<Record<ServerName, number>>) {
  const closed = Object.fromEntries(
    Object.entries(cpu).map(([name, value]) => [name, summaryOf(value)]),
  );
  return { flow, closed, open: {} };
}

const results: LoadResults = {
  ...ownResults.load,
  settings: { ...ownResults.load.settings, warmUpSeconds: 40 },
  flows: [
    measuredAs('userinfo', { ostiary: 200, keycloak: 900, hydra: 600 }),
    measuredAs('refresh, JWT', { ostiary: 700, keycloak: 1400, hydra: 7000 }),
    measuredAs('introspection, opaque', { ostiary: 100, hydra: 600 }),
  ],
};

describe('--peers', () => {
  it('lists each product once, in the order of the tables', () => {
    assert.deepEqual(readOptions(['--peers=hydra,keycloak,hydra']).peers, ['keycloak', 'hydra']);
    assert.deepEqual(readOptions([]).peers, []);
  });

  it('refuses a product that is not known, and a warm-up without time', () => {
    assert.throws(() => readOptions(['--peers=keycloak,other']), /"other".*keycloak, hydra/);
    assert.throws(() => readOptions(['--warm-up=0']), /Not a positive number/);
  });
});

describe('ratios to other products', () => {
  const [userinfo, refresh, opaque] = results.flows;

  it('divide the processor time of the other server by that of Ostiary', () => {
    assert.deepEqual(userinfo && ratioOf(userinfo, 'keycloak'), { server: 4.5, total: 4.5 });
    assert.equal(opaque && ratioOf(opaque, 'keycloak'), undefined);
  });

  it('are judged by the goals for Keycloak', () => {
    assert.equal(userinfo && verdictOf(userinfo), 'met');
    assert.equal(refresh && verdictOf(refresh), 'missed');
    assert.equal(opaque && verdictOf(opaque), '-');
  });

  it('are printed with "-" for a flow that a product does not have', () => {
    const row = describePeers(results)
      .split('\n')
      .find((line) => line.startsWith('introspection, opaque'));

    assert.deepEqual(row?.trim().split(/ {2,}/).slice(1), ['-', '-', '6.00', '6.00', '-', '-']);
  });
});

describe('docs/performance.md', () => {
  it('has no section about other products until they have been measured', () => {
    assert.doesNotMatch(describePerformance(ownResults), /## Beside other servers/);
  });

  it('shows the products that were measured, with ratios, goals and verdicts', () => {
    const page = describePerformance({ ...ownResults, peers: results });

    assert.match(page, /## Beside other servers/);
    assert.match(page, /\| userinfo +\| 200 .*\| 900 .*\| 4\.5 x \(4\.5 x\).*>= 4 x +\| met +\|/);
    assert.match(page, /1 of 2 are met/);
    assert.match(page, /40 s of each flow at each server/);
    assert.match(page, /\*\*Keycloak\*\* issues JWTs only/);
  });

  it('does not mention a product that was not measured', () => {
    const flows = [measuredAs('userinfo', { ostiary: 200, keycloak: 900 })];

    assert.doesNotMatch(describePeersSection({ ...results, flows }), /Hydra/);
  });
});

describe('the terms that another product must keep', () => {
  const header = (alg: string) => Buffer.from(JSON.stringify({ alg })).toString('base64url');
  const token = (alg: string, seconds: number) => {
    const [, claims = ''] = new UnsecuredJWT({ iat: 1000, exp: 1000 + seconds })
      .encode()
      .split('.');
    return `${header(alg)}.${claims}.c2ln`;
  };
  const right = {
    access_token: token('ES256', 300),
    id_token: token('ES256', 3600),
    expires_in: 300,
  };

  it('accept tokens with ES256 and the agreed lifetime', () => {
    checkTokens(right, 'jwt');
    checkTokens({ ...right, access_token: 'opaque', expires_in: 299 }, 'opaque');
  });

  for (const [what, wrong] of [
    ['another algorithm', { access_token: token('RS256', 300) }],
    ['another algorithm of the ID token', { id_token: token('RS256', 300) }],
    ['a longer lifetime', { expires_in: 3600 }],
    ['a JWT that is valid for longer than it is said to be', { access_token: token('ES256', 900) }],
    ['an opaque access token instead of a JWT', { access_token: 'opaque' }],
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.throws(() => checkTokens({ ...right, ...wrong }, 'jwt'), /expected/);
    });
  }
});

describe('the realm of Keycloak', () => {
  it('has a user for each connection, whose sign-in asks for nothing more', () => {
    const person = { id: '1', email: 'ann@example.com', password: 'four words make one' };
    const clients = { app: makeClient('app'), service: makeClient('service') };
    const { users } = describeRealm(clients, [person, person]);

    assert.equal(users.length, 2);
    assert.ok(users.every(({ firstName, lastName }) => firstName !== '' && lastName !== ''));
  });
});
