import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Handler } from '#http/context.ts';
import { startEdge } from '#test/support/middleware-app.ts';

const answerPage: Handler = (ctx) => {
  ctx.type = 'html';
  ctx.body = '<p>a page</p>';
};
const answerJson: Handler = (ctx) => {
  ctx.body = { a: 'document' };
};

describe('page', () => {
  it('allows only our own files and no framing', async (t) => {
    const app = await startEdge(t, { handlers: [answerPage] });

    const { headers } = await app.send({ path: '/auth/register' });

    const policy = String(headers['content-security-policy']).split(';');
    assert.deepEqual(policy, [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]);
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['referrer-policy'], 'same-origin');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cache-control'], 'no-store');
    assert.match(String(headers['permissions-policy']), /camera=\(\)/);
  });

  it('sends HSTS for a year if the issuer uses https', async (t) => {
    const secure = await startEdge(t, { handlers: [answerPage] });
    const plain = await startEdge(t, { handlers: [answerPage], issuer: 'http://id.example' });

    const there = await secure.send({ path: '/auth/x' });
    const here = await plain.send({ path: '/auth/x' });

    assert.match(String(there.headers['strict-transport-security']), /max-age=31536000/);
    assert.equal(here.headers['strict-transport-security'], undefined);
  });

  it('isolates its opener only on account and administration pages', async (t) => {
    const app = await startEdge(t, { handlers: [answerPage] });
    const openerPolicyOf = async (path: string) =>
      (await app.send({ path })).headers['cross-origin-opener-policy'];

    assert.equal(await openerPolicyOf('/auth/account'), 'same-origin');
    assert.equal(await openerPolicyOf('/auth/admin/users'), 'same-origin');
    assert.equal(await openerPolicyOf('/auth/interaction/abc'), undefined);
    assert.equal(await openerPolicyOf('/auth/accounting'), undefined);
  });

  it('may override the content security policy', async (t) => {
    const app = await startEdge(t, {
      handlers: [
        (ctx) => {
          ctx.type = 'html';
          ctx.set('Content-Security-Policy', "default-src 'self'");
          ctx.body = '<p>documentation</p>';
        },
      ],
    });

    const { headers } = await app.send({ path: '/auth/redoc' });

    assert.equal(headers['content-security-policy'], "default-src 'self'");
  });
});

describe('response that is not a page', () => {
  it('forbids loading any resource', async (t) => {
    const app = await startEdge(t, { handlers: [answerJson] });

    const { headers } = await app.send({ path: '/oauth2/token' });

    assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
    assert.equal(headers['cache-control'], 'no-store');
  });

  it('is not cacheable, except discovery, keys and assets', async (t) => {
    const app = await startEdge(t, { handlers: [answerJson] });
    const cacheControlOf = async (path: string) =>
      (await app.send({ path })).headers['cache-control'];

    assert.equal(await cacheControlOf('/.well-known/webfinger'), undefined);
    assert.match(String(await cacheControlOf('/.well-known/openid-configuration')), /^public/);
    assert.match(String(await cacheControlOf('/oauth2/jwks')), /^public/);
    assert.equal(await cacheControlOf('/oauth2/userinfo'), 'no-store');
    assert.equal(await cacheControlOf('/auth/api/v1/users'), 'no-store');
  });

  it('has these headers also if it is an error', async (t) => {
    const app = await startEdge(t);

    const { headers } = await app.send({ path: '/nothing', headers: { host: 'evil.example' } });

    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['cache-control'], 'no-store');
  });
});
