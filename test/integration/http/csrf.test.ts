import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Context } from '#http/context.ts';
import { createCsrfProtection, formTokenField } from '#http/csrf.ts';
import { readForm } from '#http/request/input.ts';
import { aFormPost, issuer, startEdge } from '#test/support/middleware-app.ts';

const start = Date.UTC(2030, 0, 1);
const hour = 60 * 60 * 1000;

/** Serves a page whose form is bound to the interaction in its path, and posts the form. */
async function startPages(t: TestContext, cookieKeys: readonly string[] = ['first key']) {
  const clock = { now: start };
  const csrf = createCsrfProtection({ cookieKeys, issuer, now: () => new Date(clock.now) });
  const app = await startEdge(t, {
    handlers: [
      async function answerForm(ctx: Context) {
        const binding = ctx.path.includes('visitor') ? csrf.visitor(ctx) : ctx.path;
        if (ctx.method === 'POST') csrf.requireSameOrigin(ctx, await readForm(ctx), binding);
        ctx.body = ctx.method === 'POST' ? 'accepted' : csrf.token(binding);
      },
    ],
  });
  const post = async (path: string, token: string, headers: Record<string, string> = {}) => {
    const request = aFormPost(path, `${formTokenField}=${encodeURIComponent(token)}`);
    const answer = await app.send({ ...request, headers: { ...request.headers, ...headers } });
    return answer.status;
  };
  return { app, clock, csrf, post };
}

describe('form token (RFC 9700 §4.7)', () => {
  it('is accepted for its own binding', async (t) => {
    const { app, post } = await startPages(t);

    const { body: token } = await app.send({ path: '/auth/interaction/a' });

    assert.equal(await post('/auth/interaction/a', token), 200);
  });

  it('is required, and rejected if it is forged or of another binding', async (t) => {
    const { csrf, post } = await startPages(t);
    const foreign = csrf.token('/auth/interaction/b');
    const forged = `${foreign.slice(0, -1)}${foreign.endsWith('A') ? 'B' : 'A'}`;

    for (const token of ['', 'x', foreign, forged, '0.', `${foreign}x`])
      assert.equal(await post('/auth/interaction/a', token), 403);
  });

  it('is never accepted for an empty binding', async (t) => {
    const { csrf } = await startPages(t);
    const ctx = { get: () => '' } as unknown as Context; // the only member that is read

    const form = { get: () => csrf.token(''), has: () => true, names: () => [] };

    assert.throws(() => csrf.requireSameOrigin(ctx, form, ''), { code: 'cross_site' });
  });

  it('is valid for a day', async (t) => {
    const { clock, csrf, post } = await startPages(t);
    const token = csrf.token('/auth/a');

    clock.now = start + 23 * hour;
    assert.equal(await post('/auth/a', token), 200);
    clock.now = start + 25 * hour;
    assert.equal(await post('/auth/a', token), 403);
  });

  it('stays valid when a key is added, not when its own key is removed', async (t) => {
    const old = createCsrfProtection({ cookieKeys: ['old'], issuer, now: () => new Date(start) });
    const rotated = await startPages(t, ['new', 'old']);
    const replaced = await startPages(t, ['new']);

    assert.equal(await rotated.post('/auth/a', old.token('/auth/a')), 200);
    assert.equal(await replaced.post('/auth/a', old.token('/auth/a')), 403);
  });
});

describe('requireOwnSite', () => {
  const cases: readonly [Record<string, string>, number][] = [
    [{ 'sec-fetch-site': 'same-origin', origin: issuer }, 200],
    [{ 'sec-fetch-site': 'same-origin', origin: 'null' }, 200],
    [{ origin: issuer }, 200],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site', origin: issuer }, 403],
    [{ 'sec-fetch-site': 'none' }, 403],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'http://id.example' }, 403],
    [{ origin: 'https://id.example:8443' }, 403],
    [{ origin: 'null' }, 403],
  ];
  for (const [headers, status] of cases)
    it(`${status === 200 ? 'accepts' : 'rejects'} ${JSON.stringify(headers)}`, async (t) => {
      const { csrf, post } = await startPages(t);

      assert.equal(await post('/auth/a', csrf.token('/auth/a'), headers), status);
    });
});

describe('visitor cookie', () => {
  it('is set with attributes that prevent other hosts from setting it', async (t) => {
    const { app } = await startPages(t);

    const { headers } = await app.send({ path: '/auth/visitor' });

    const [cookie] = headers['set-cookie'] ?? [];
    assert.match(
      String(cookie),
      /^__Host-visitor=[\w-]{43}; path=\/; samesite=lax; secure; httponly$/i,
    );
  });

  it('is kept across several pages', async (t) => {
    const { app, post } = await startPages(t);
    const first = await app.send({ path: '/auth/visitor' });
    const cookie = String(first.headers['set-cookie']).split(';', 1)[0] ?? '';

    const second = await app.send({ path: '/auth/visitor', headers: { cookie } });

    assert.equal(second.headers['set-cookie'], undefined);
    assert.equal(await post('/auth/visitor', first.body, { cookie }), 200);
    assert.equal(await post('/auth/visitor', second.body, { cookie }), 200);
  });

  it('protects a form from browsers with another cookie or none', async (t) => {
    const { app, post } = await startPages(t);
    const { body: token } = await app.send({ path: '/auth/visitor' });

    assert.equal(await post('/auth/visitor', token), 403);
    assert.equal(
      await post('/auth/visitor', token, { cookie: `__Host-visitor=${'x'.repeat(43)}` }),
      403,
    );
  });
});
