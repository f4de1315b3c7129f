import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { aFormPost, failWith, startEdge } from '#test/support/middleware-app.ts';

describe('request log', () => {
  it('is one line with the method, the route pattern and the status', async (t) => {
    const router = new Router();
    router.get('/auth/recover/:secret', (ctx) => {
      ctx.body = 'four';
    });
    const routes = router.routes();
    const app = await startEdge(t, {
      handlers: [(ctx: Context, next) => routes(ctx as never, next)], // the router's own context type
    });

    const { headers } = await app.send({ path: '/auth/recover/one-time-value?code=secret-value' });

    const [line, ...others] = app.lines;
    assert.equal(others.length, 0);
    assert.equal(line?.['event'], 'request.answered');
    assert.equal(line?.['method'], 'GET');
    assert.equal(line?.['route'], '/auth/recover/:secret');
    assert.equal(line?.['status'], 200);
    assert.equal(line?.['bytes'], 4);
    assert.equal(line?.['address'], '127.0.0.1');
    assert.equal(line?.['requestId'], headers['x-request-id']);
    assert.equal(typeof line?.['ms'], 'number');
  });

  it('never contains a URL, a query or a body', async (t) => {
    const app = await startEdge(t, { handlers: [failWith(new Error('bug'), '/auth/canary1')] });

    await app.send({ path: '/auth/canary1?a=canary2' });
    await app.send({ path: '/canary3/canary4' });
    await app.send({ path: '/auth/echo?canary5=%' });
    await app.send(aFormPost('/auth/form', 'password=canary6&password=canary7'));
    await app.send({ path: '/auth/echo', headers: { host: 'canary8' } });

    assert.equal(app.lines.filter(({ event }) => event === 'request.answered').length, 5);
    assert.ok(!JSON.stringify(app.lines).includes('canary'));
  });

  it('contains the error code', async (t) => {
    const app = await startEdge(t);

    await app.send({ path: '/auth/echo?a=1&a=2' });

    const line = app.lines.find(({ event }) => event === 'request.answered');
    assert.deepEqual([line?.['status'], line?.['errorCode']], [400, 'invalid_input']);
  });

  it('logs health checks at debug level only', async (t) => {
    const app = await startEdge(t);

    await app.send({ path: '/health/live' });

    assert.deepEqual(
      app.lines.map(({ level, route }) => [level, route]),
      [['debug', '/health/live']],
    );
  });
});
