import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { answerProviderFailure } from '#http/middleware/error-handler.ts';
import { failWith, startEdge, storeIsDown } from '#test/support/middleware-app.ts';

describe('error format', () => {
  it('is OAuth JSON at protocol endpoints (RFC 6749 §5.2)', async (t) => {
    const app = await startEdge(t);

    const { status, headers, body } = await app.send({ path: '/oauth2/token?a=1&a=2' });

    assert.equal(status, 400);
    assert.match(headers['content-type'] ?? '', /^application\/json/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.deepEqual(JSON.parse(body), {
      error: 'invalid_request',
      error_description: `A parameter was sent more than once. Request ${String(headers['x-request-id'])}.`,
    });
  });

  it('is a page if a browser requests a protocol endpoint', async (t) => {
    const app = await startEdge(t);
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

    const { status, body } = await app.send({ path: '/oauth2/authorize?a=1&a=2', headers });

    assert.equal(status, 400);
    assert.match(body, /data-error="invalid_input"/);
  });

  it('is a problem document in the management API (RFC 9457)', async (t) => {
    const app = await startEdge(t);

    const { status, headers, body } = await app.send({ path: '/auth/api/v1/nothing' });

    assert.equal(status, 404);
    assert.match(headers['content-type'] ?? '', /^application\/problem\+json/);
    assert.deepEqual(JSON.parse(body), {
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'Not found.',
      code: 'not_found',
      requestId: headers['x-request-id'],
    });
  });

  it('is a page with the request id for browsers', async (t) => {
    const app = await startEdge(t);

    const { status, headers, body } = await app.send({ path: '/nothing/here' });

    assert.equal(status, 404);
    assert.match(headers['content-type'] ?? '', /^text\/html/);
    assert.match(body, /data-error="not_found"/);
    assert.ok(body.includes(String(headers['x-request-id'])));
  });

  it('has no body for a HEAD request', async (t) => {
    const app = await startEdge(t);

    const { status, headers, body } = await app.send({ method: 'HEAD', path: '/nothing' });

    assert.deepEqual([status, body], [404, '']);
    assert.ok(headers['x-request-id']);
  });

  it('gives a status without a body a message', async (t) => {
    const app = await startEdge(t, {
      handlers: [
        (ctx, next) => {
          if (ctx.path !== '/auth/bare') return next();
          ctx.set('Allow', 'POST');
          ctx.status = 405;
          return undefined;
        },
      ],
    });

    const { status, headers, body } = await app.send({ path: '/auth/bare' });

    assert.deepEqual([status, headers.allow], [405, 'POST']);
    assert.match(body, /data-error="method_not_allowed"/);
  });
});

describe('error content', () => {
  it('contains the message of an AppError, never its cause', async (t) => {
    const app = await startEdge(t, { handlers: [failWith(storeIsDown(), '/auth/api/fail')] });

    const { status, headers, body } = await app.send({ path: '/auth/api/fail' });

    assert.equal(status, 503);
    assert.ok(Number(headers['retry-after']) > 0);
    assert.match(body, /Please try again\./);
    assert.ok(!body.includes('secret reason'));
  });

  it('rounds Retry-After up to whole seconds', async (t) => {
    const overloaded = new AppError('overloaded', 'Busy.', { retryAfterSeconds: 1.2 });
    const app = await startEdge(t, { handlers: [failWith(overloaded)] });

    assert.equal((await app.send({ path: '/auth/fail' })).headers['retry-after'], '2');
  });

  const bugs = {
    'an error': new TypeError('secret reason'),
    'an error that claims a status': Object.assign(new Error('secret reason'), { status: 299 }),
    'an AppError for bugs': new AppError('internal', 'secret reason'),
    text: 'secret reason',
    nothing: undefined,
  };
  for (const [kind, bug] of Object.entries(bugs))
    it(`contains only a request id when the bug threw ${kind}`, async (t) => {
      const app = await startEdge(t, { handlers: [failWith(bug)] });

      const { status, headers, body } = await app.send({ path: '/auth/fail' });

      assert.equal(status, 500);
      assert.ok(!body.includes('secret reason') && !body.includes('at '));
      assert.ok(body.includes(String(headers['x-request-id'])));
    });

  it('is logged once, with the stack', async (t) => {
    const app = await startEdge(t, { handlers: [failWith(new TypeError('no such thing'))] });

    const { headers } = await app.send({ path: '/auth/fail' });

    const [line, ...others] = app.lines.filter(({ level }) => level === 'error');
    assert.equal(others.length, 0);
    assert.equal(line?.['event'], 'request.failed');
    assert.equal(line?.['requestId'], headers['x-request-id']);
    assert.match(JSON.stringify(line?.['err']), /no such thing.*edge-rig|error-handler\.test/);
  });

  it('keeps no headers of the failed response', async (t) => {
    const app = await startEdge(t, {
      handlers: [
        (ctx) => {
          ctx.cookies.set('session', 'x');
          ctx.redirect('https://elsewhere.example/');
          ctx.set('Cache-Control', 'public');
          throw new Error('too late');
        },
      ],
    });

    const { status, headers } = await app.send({ path: '/auth/x' });

    assert.equal(status, 500);
    assert.deepEqual([headers.location, headers['set-cookie']], [undefined, undefined]);
    assert.equal(headers['cache-control'], 'no-store');
  });

  it('falls back to text if the error page cannot be rendered', async (t) => {
    const app = await startEdge(t, {
      renderError() {
        throw new Error('no template');
      },
    });

    const { status, headers, body } = await app.send({ path: '/nothing' });

    assert.equal(status, 404);
    assert.match(headers['content-type'] ?? '', /^text\/plain/);
    assert.match(body, /^Not found\./);
  });
});

describe('a response that fails after its headers were sent', () => {
  it('is aborted and logged, and the next request is served', async (t) => {
    const app = await startEdge(t, {
      handlers: [
        (ctx, next) => {
          if (ctx.path !== '/auth/stream') return next();
          ctx.body = Readable.from(
            (async function* emit() {
              yield 'a'.repeat(100_000);
              throw new Error('disk is gone');
            })(),
          );
          return undefined;
        },
      ],
    });

    await assert.rejects(app.send({ path: '/auth/stream' }));

    assert.equal((await app.send({ path: '/auth/echo' })).status, 200);
    assert.ok(app.lines.some(({ event }) => event === 'response.failed'));
  });
});

describe('an error inside oidc-provider', () => {
  it('becomes 503 with Retry-After instead of 500 if a store is unavailable', async (t) => {
    const app = await startEdge(t, {
      handlers: [
        (ctx) => {
          ctx.status = 500;
          ctx.body = { error: 'server_error', error_description: 'oops! something went wrong' };
          answerProviderFailure(ctx, storeIsDown());
        },
      ],
    });

    const { status, headers, body } = await app.send({ method: 'POST', path: '/oauth2/token' });

    assert.equal(status, 503);
    assert.equal(headers['retry-after'], '5');
    assert.equal(JSON.parse(body).error, 'temporarily_unavailable');
  });
});
