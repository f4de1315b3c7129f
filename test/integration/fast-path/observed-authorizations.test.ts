// What an operator sees of an authorization request is the same with and without the fast path: the log lines
// and the metrics, except the counter of the fast path.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLog } from '#platform/logging/log.ts';
import {
  createPrometheusMetrics,
  type PrometheusMetrics,
} from '#platform/metrics/prometheus-metrics.ts';
import { describeApp, shareInSuite } from '#test/support/app.ts';
import {
  all,
  header,
  set,
  usualDraft,
  write,
} from '#test/support/fast-path/authorizations/drafts.ts';
import { openTwoWays, type RawRequest, type Way } from '#test/support/fast-path/two-ways.ts';
import { scrape } from '#test/support/steps/metrics.ts';

const bothWays: readonly Way[] = ['fast', 'engine'];

describeApp('observed authorizations with and without the fast path', {}, (app) => {
  const observed = shareInSuite(async (works) => {
    const lines: Record<Way, string[]> = { fast: [], engine: [] };
    const metrics: Record<Way, PrometheusMetrics> = {
      fast: await createPrometheusMetrics(),
      engine: await createPrometheusMetrics(),
    };
    const servicesOf = (way: Way) => ({
      log: createLog({ level: 'debug', destination: { write: (line) => lines[way].push(line) } }),
      metrics: metrics[way],
    });
    const config = { trustedProxies: ['127.0.0.1'] };
    return { lines, metrics, ways: await openTwoWays(works, app(), { servicesOf, config }) };
  });

  async function signIn() {
    const client = await app().createClient({ first_party: true });
    const rp = await app().relyingPartyOf(client);
    const { browser } = await rp.authorize(await app().createUser(), { scope: 'openid email' });
    const url = new URL(rp.as.authorization_endpoint ?? '');
    return usualDraft(client, browser.cookies.header(url));
  }

  /** The lines that a request writes, without its id and times. */
  async function linesOf(way: Way, request: RawRequest): Promise<readonly object[]> {
    const { ways, lines } = observed();
    lines[way].length = 0;
    await ways.send(way, request);
    // The line is written when the connection has taken the response.
    while (!lines[way].some((line) => line.includes('request.answered'))) {
      await new Promise(setImmediate);
    }
    return lines[way].map((line) => {
      const { time, ms, requestId, pid, ...rest } = JSON.parse(line);
      assert.match(String(requestId), /^[\da-f-]{36}$/);
      assert.deepEqual([typeof time, typeof ms, pid], ['string', 'number', process.pid]);
      return rest;
    });
  }

  it('writes the same lines to the log', async () => {
    const draft = await signIn();
    const forwarded = all(
      header('X-Forwarded-For', '203.0.113.7'),
      header('X-Forwarded-Proto', 'https'),
      header('X-Request-Id', 'of-the-proxy'),
    );
    for (const change of [
      set('prompt', 'none'),
      forwarded,
      all(forwarded, header('traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`)),
      set('prompt', 'login'),
      set('redirect_uri', 'x'),
    ]) {
      const request = write(change(draft));
      const fast = await linesOf('fast', request);
      assert.ok(fast.length > 0);
      assert.deepEqual(fast, await linesOf('engine', request));
    }
    for (const way of bothWays) {
      const lines = JSON.stringify(await linesOf(way, write(forwarded(draft))));
      for (const known of ['203.0.113.7', 'of-the-proxy']) assert.ok(lines.includes(known), lines);
    }
  });

  it('counts requests in the same metrics', async () => {
    const { metrics, ways } = observed();
    const draft = await signIn();
    for (const way of bothWays) {
      for (let turn = 0; turn < 3; turn += 1) await ways.send(way, write(draft));
      await ways.send(way, write(set('prompt', 'login')(draft)));
    }
    const [fast, engine] = await Promise.all(bothWays.map((way) => scrape(metrics[way])));
    assert.ok(fast && engine);
    const fastPath = 'ostiary_fast_path_requests_total';
    const countsOf = ({ text }: typeof fast) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('ostiary_') && !line.startsWith(fastPath))
        .filter((line) => !/_(?:bucket|sum)\b|process|started|build|pool/.test(line));
    assert.deepEqual(countsOf(fast), countsOf(engine));
    const labels = { endpoint: 'authorization' };
    assert.ok(Number(fast.value(fastPath, { ...labels, outcome: 'direct' })) >= 3);
    assert.ok(Number(fast.value(fastPath, { ...labels, outcome: 'passed_on' })) >= 1);
    assert.equal(engine.value(fastPath, { ...labels, outcome: 'direct' }), undefined);
    const requests = 'ostiary_http_request_duration_seconds_count';
    const answered = { route: '/oauth2/authorize', method: 'GET', status: '3xx' };
    assert.ok(Number(fast.value(requests, answered)) >= 4);
  });
});
