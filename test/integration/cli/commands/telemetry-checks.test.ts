// The findings of doctor about the trace collector and the log.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { inspectLog } from '#cli/doctor/network/log.ts';
import { inspectTraces } from '#cli/doctor/network/traces.ts';
import { readConfig, type Environment } from '#config/config.ts';
import { production } from '#test/support/data/production-settings.ts';
import { openShell } from '#test/support/cli/shell.ts';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { startSpanReceiver } from '#test/support/tracing/span-receiver.ts';

async function listen(t: CleanUp, answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port; // A TCP server has an AddressInfo.
}

const answerWith = (status: number): RequestListener => {
  return (_req, res) => void res.writeHead(status).end();
};

function tracesOf(settings: Environment) {
  return inspectTraces(readConfig(settings));
}

describe('doctor, of traces', () => {
  it('says nothing without a collector', async () => {
    assert.deepEqual(await tracesOf({}), []);
  });

  it('names a setting that has no effect without a collector', async () => {
    const [found] = await tracesOf({ OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=sesame' });

    assert.equal(found?.state, 'warn');
    assert.match(found?.message ?? '', /^OTEL_EXPORTER_OTLP_HEADERS has no effect/);
    assert.doesNotMatch(JSON.stringify(found), /sesame/);
  });

  it('sends an empty export with the configured headers', async (t) => {
    const { url, headers, spans } = await startSpanReceiver(t);

    const [reached, propagators, ...others] = await tracesOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=sesame',
    });

    assert.equal(reached?.state, 'ok');
    assert.match(reached?.message ?? '', /^The collector at 127\.0\.0\.1:\d+ accepts traces\.$/);
    assert.match(propagators?.message ?? '', /headers of tracecontext, baggage .* which is unset/);
    assert.deepEqual(others, []);
    const [sent] = headers;
    assert.deepEqual([sent?.['path'], sent?.['x-key']], ['/v1/traces', 'sesame']);
    assert.deepEqual(spans, []);
  });

  for (const [status, advice] of [
    [401, /OTEL_EXPORTER_OTLP_HEADERS/],
    [404, /base address/],
    [415, /4318/],
    [500, /log of the collector/],
  ] as const) {
    it(`says what to do when the collector answers ${status}`, async (t) => {
      const port = await listen(t, answerWith(status));
      const endpoint = `http://127.0.0.1:${port}`;

      const [found] = await tracesOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });

      assert.equal(found?.state, 'warn');
      assert.match(found?.message ?? '', new RegExp(`answers ${status} to /v1/traces`));
      assert.match(found?.next ?? '', advice);
    });
  }

  it('only warns about an unavailable collector, and shows no header', async (t) => {
    const [port = 0] = await findFreePorts(1);
    const shell = await openShell(t, {
      PORT: '9',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=sesame',
    });

    const { out, exitCode } = await shell.run(['doctor']);

    assert.match(
      out,
      /^warn {2}traces: The collector at 127\.0\.0\.1:\d+ does not answer \(ECONN/m,
    );
    assert.doesNotMatch(out, /sesame/);
    assert.equal(exitCode, 0);
  });

  it('names the propagators of a trusted proxy, and says that X-Ray needs a collector', async (t) => {
    const { url } = await startSpanReceiver(t);
    const proxied = await tracesOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_PROPAGATORS: 'tracecontext,xray',
      TRUSTED_PROXIES: '10.0.0.5',
    });
    const direct = await tracesOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://xray.invalid.amazonaws.com',
      OTEL_TRACES_SAMPLER: 'always_off',
    });

    assert.match(proxied[1]?.message ?? '', /passes on its trace in headers of tracecontext, xray/);
    assert.deepEqual(
      direct.slice(2).map(({ state, next }) => [state, next]),
      [
        ['warn', 'Set OTEL_EXPORTER_OTLP_ENDPOINT to a collector with the exporter awsxray.'],
        ['warn', 'Change OTEL_TRACES_SAMPLER.'],
      ],
    );
  });

  it('refuses an unknown propagator, as a start does', async (t) => {
    const shell = await openShell(t, { OTEL_PROPAGATORS: 'tracecontext,b3' });

    const { out, exitCode } = await shell.run(['doctor']);

    assert.match(out, /^fail {2}settings: [^]*OTEL_PROPAGATORS/m);
    assert.equal(exitCode, 1);
  });
});

describe('doctor, of the log', () => {
  const statesOf = async (settings: Environment) => {
    const found = await inspectLog(readConfig(settings));
    return found.map(({ state }) => state);
  };

  it('accepts json in production, and warns about settings that log readers cannot use', async () => {
    assert.deepEqual(await statesOf({ ...production, LOG_FORMAT: 'json' }), ['ok']);
    assert.deepEqual(await statesOf({ ...production, LOG_FORMAT: 'ecs' }), ['ok']);
    assert.deepEqual(await statesOf({ ...production, LOG_FORMAT: 'pretty' }), ['warn']);
    assert.deepEqual(await statesOf({ ...production, LOG_LEVEL: 'debug' }), ['warn']);
    assert.deepEqual(await statesOf({ ...production, LOG_LEVEL: 'silent' }), ['warn']);
  });

  for (const { dropped, waiting, state, message } of [
    { dropped: 0, waiting: 512, state: 'ok', message: /has dropped no lines/ },
    { dropped: 12, waiting: 0, state: 'warn', message: /^12 lines were dropped/ },
    { dropped: 3, waiting: 4_000_000, state: 'fail', message: /^The log is blocked: 4000000 char/ },
  ] as const) {
    it(`is ${state} when ${dropped} lines were dropped and ${waiting} characters are waiting`, async (t) => {
      const metrics = [
        `ostiary_log_lines_dropped_total ${dropped}`,
        `ostiary_log_waiting_characters ${waiting}`,
      ];
      const port = await listen(t, (_req, res) => void res.end(`${metrics.join('\n')}\n`));

      const found = await inspectLog(readConfig({ OPS_PORT: String(port) }));

      assert.equal(found[1]?.state, state);
      assert.match(found[1]?.message ?? '', message);
    });
  }
});
