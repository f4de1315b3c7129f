// The content of the spans of requests, operations and jobs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SpanStatusCode } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  createGroupRunner,
  createOperationObserver,
  createRequestSpans,
} from '#platform/tracing/spans.ts';
import { AppError } from '#platform/errors.ts';

function openSpans(origin = 'https://id.example') {
  const ended: ReadableSpan[] = [];
  const collect = {
    onStart: () => undefined,
    onEnd: (span: ReadableSpan) => void ended.push(span),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const provider = new TracerProvider({ spanProcessors: [collect] });
  const dependencies = {
    tracer: provider.getTracer('test'),
    contexts: new AsyncLocalStorageContextManager().enable(),
    propagator: new W3CTraceContextPropagator(),
    origin: new URL(origin),
  };
  return {
    ended,
    requests: createRequestSpans(dependencies),
    observe: createOperationObserver(dependencies),
    runGroup: createGroupRunner(dependencies),
  };
}

type Spans = ReturnType<typeof openSpans>;

/** A request in which one operation ends right before the response. */
function answer({ requests, observe }: Spans, { route = '/oauth2/token', status = 200 } = {}) {
  const span = requests.start({ method: 'POST', requestId: 'r1', headers: {} });
  span.run(() => {
    wait(0.3);
    const end = observe({ kind: 'statement', name: 'client_by_id' });
    wait(0.3);
    end?.();
    requests.answered({ method: 'POST', route, status });
  });
}

/** Without a timer, which would take at least a millisecond. */
function wait(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

const nanoseconds = ([seconds, rest]: readonly [number, number]) =>
  BigInt(seconds) * 1_000_000_000n + BigInt(rest);

describe('the spans of a request', () => {
  it('contain the time of each operation, to the microsecond', () => {
    const spans = openSpans();

    for (let turn = 0; turn < 100; turn += 1) answer(spans);

    const requests = new Map(
      spans.ended
        .filter(({ name }) => name === 'POST /oauth2/token')
        .map((span) => [span.spanContext().spanId, span]),
    );
    const operations = spans.ended.filter(({ name }) => name === 'client_by_id');
    const outside = operations.filter((operation) => {
      const request = requests.get(operation.parentSpanContext?.spanId ?? '');
      assert.ok(request);
      return (
        nanoseconds(operation.startTime) < nanoseconds(request.startTime) ||
        nanoseconds(operation.endTime) > nanoseconds(request.endTime)
      );
    });
    assert.equal(operations.length, 100);
    assert.equal(outside.length, 0);
  });

  it('have the pattern of the route as path, and the port of an issuer that has one', () => {
    const spans = openSpans('https://id.example:8443');

    answer(spans, { route: '/auth/interaction/:uid' });

    const { attributes } = spans.ended.at(-1) ?? {};
    assert.equal(attributes?.['url.path'], '/auth/interaction/:uid');
    assert.equal(attributes['http.route'], '/auth/interaction/:uid');
    assert.equal(attributes['server.address'], 'id.example');
    assert.equal(attributes['server.port'], 8443);
  });

  it('have neither a path nor a route if no route matched', () => {
    const spans = openSpans();

    answer(spans, { route: '(page)', status: 404 });

    const request = spans.ended.at(-1);
    assert.equal(request?.name, 'POST (page)');
    assert.deepEqual(
      ['url.path', 'http.route', 'server.port'].filter((name) => name in request.attributes),
      [],
    );
  });

  it('name the database by both versions of the conventions, and as a peer', () => {
    const spans = openSpans();

    answer(spans);

    const {
      'db.system.name': system,
      'db.system': former,
      'peer.service': peer,
    } = spans.ended[0]?.attributes ?? {};
    assert.deepEqual([system, former, peer], ['postgresql', 'postgresql', 'postgresql']);
  });
});

describe('the span of a job', () => {
  it('has an error if the work reports a failure that it has handled', async () => {
    const { runGroup, ended } = openSpans();

    await runGroup({ kind: 'job', name: 'mail' }, async (noteFailure) => {
      noteFailure(new AppError('timeout', 'ann@example.com did not answer'));
    });

    const [job] = ended;
    assert.equal(job?.status.code, SpanStatusCode.ERROR);
    assert.equal(job.attributes['error.type'], 'timeout');
    assert.equal(JSON.stringify([job.attributes, job.status, job.events]).includes('ann@'), false);
  });

  it('names the code of an error of the system or the database, and no other text of it', async () => {
    const { runGroup, ended } = openSpans();
    const codes = ['ECONNREFUSED', '23505', 'ann@example.com', 'a b'];

    for (const code of codes) {
      await runGroup({ kind: 'job', name: 'mail' }, async (noteFailure) => {
        noteFailure(Object.assign(new TypeError('x'), { code }));
      });
    }

    const types = ended.map(({ attributes }) => attributes['error.type']);
    assert.deepEqual(types, ['ECONNREFUSED', '23505', 'TypeError', 'TypeError']);
  });

  it('has no error otherwise', async () => {
    const { runGroup, ended } = openSpans();

    await runGroup({ kind: 'job', name: 'mail' }, async () => undefined);

    assert.equal(ended[0]?.status.code, SpanStatusCode.UNSET);
  });
});
