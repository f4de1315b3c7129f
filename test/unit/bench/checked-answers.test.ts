// A wrong response ends a load test, because errors are cheaper than the expected response.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Answer } from '#bench/load/connection.ts';
import { noMaterials } from '#bench/load/flow.ts';
import { loadFlows } from '#bench/load/scripts.ts';
import { medianOf, summarize } from '#bench/load/results.ts';

const materials = {
  ...noMaterials,
  refreshTokens: ['first'],
  subjects: ['ann'],
  redirectUri: 'https://rp.example/cb',
};
const jwt = 'aa.bb.cc';

function answerWith(body: object, status = 200): Answer {
  return { status, head: `HTTP/1.1 ${status}`, body: JSON.stringify(body) };
}

function play(flow: string, answer: Answer): void {
  const script = loadFlows[flow]?.round(materials, 0);
  script?.next();
  script?.next(answer);
}

for (const [flow, body] of [
  ['client_credentials, JWT', { access_token: 'opaque' }],
  ['client_credentials, opaque', { access_token: jwt }],
  ['introspection, opaque', { active: false }],
  ['userinfo', { sub: 'bob' }],
  ['refresh, JWT', { access_token: jwt, id_token: jwt, refresh_token: 'first' }],
  ['refresh, JWT', { access_token: jwt, refresh_token: 'second' }],
] as const) {
  it(`refuses ${JSON.stringify(body)} as the response of ${flow}`, () => {
    assert.throws(() => play(flow, answerWith(body)), /Wrong answer/);
  });
}

it('refuses an error and a redirect to another client', () => {
  const head = 'HTTP/1.1 303 See Other\r\nlocation: https://evil.example/cb?code=1';

  assert.throws(() => play('userinfo', answerWith({ sub: 'ann' }, 500)), /500 instead of 200/);
  assert.throws(() => play('authorize with a session', { status: 303, head, body: '' }), /Wrong/);
});

it('accepts the expected responses', () => {
  play('userinfo', answerWith({ sub: 'ann' }));
  play('refresh, JWT', answerWith({ access_token: jwt, id_token: jwt, refresh_token: 'second' }));

  assert.deepEqual(materials.refreshTokens, ['second']);
});

it('takes the median of the rounds and their range', () => {
  const figures = { perSecond: 0, postgresCpu: 0, redisCpu: 0, medianMs: 0, p99Ms: 0, p999Ms: 0 };
  const others = { rounds: 1, refused: 0, generatorShare: 0, foreignShare: 0 };
  const rounds = [30, 10, 90].map((serverCpu) => ({ ...figures, ...others, serverCpu }));

  assert.equal(summarize(rounds).median.serverCpu, 30);
  assert.deepEqual(summarize(rounds).serverCpuRange, [10, 90]);
  assert.equal(medianOf([4, 1]), 1);
});
