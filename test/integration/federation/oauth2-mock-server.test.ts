// Federation with an independent provider implementation (oauth2-mock-server), including responses
// that are modified in transit.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHmac } from 'node:crypto';
import { UnsecuredJWT, type JWTPayload } from 'jose';
import { OAuth2Server, type MutableToken } from 'oauth2-mock-server';
import { startTestApp } from '#test/support/app.ts';
import type { Page } from '#test/support/actors/cookie-browser.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

async function start(t: CleanUp, setting = {}) {
  const server = new OAuth2Server();
  await server.issuer.keys.generate('RS256');
  await server.start(0, '127.0.0.1');
  t.after(() => server.stop());
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.issuer.url = issuer;
  const provider = { id: 'mock', name: 'Mock', issuer, client_id: 'us', client_secret: 's3cret' };
  const entry = { ...provider, ...setting };
  const app = await startTestApp(t, {
    settings: { OUTBOUND_ALLOW: '127.0.0.1', SIGN_IN_PROVIDERS: JSON.stringify([entry]) },
  });
  return {
    app,
    server,
    async pass(): Promise<Page> {
      const browser = app.browser();
      const away = await (await browser.open('/auth/sign-in')).press('with-mock');
      if (!away.left) return away;
      const answer = await fetch(away.url, { redirect: 'manual' });
      return browser.open(answer.headers.get('location') ?? '');
    },
  };
}

describe('federation with oauth2-mock-server', () => {
  it('creates an account for a new user', async (t) => {
    const { server, pass } = await start(t);
    server.service.on('beforeUserinfo', (answer: { body: object }) => {
      answer.body = { sub: 'johndoe', email: 'john@example.com', name: 'John Doe' };
    });

    const asked = await pass();
    const account = await asked.press('register');
    const returned = await pass();

    assert.match(asked.text, /Mock john@example.com/);
    assert.equal(account.url.pathname, '/auth/account', account.text);
    assert.equal(returned.url.pathname, '/auth/account');
  });

  it('asks for an address when the provider returns none', async (t) => {
    const { server, pass } = await start(t);
    server.service.on('beforeUserinfo', (answer: { body: object }) => {
      answer.body = { sub: 'johndoe' };
    });
    const asked = await pass();

    const account = await asked.press('register', { email: 'john@example.com', name: '' });

    assert.equal(account.url.pathname, '/auth/account', account.text);
    assert.match(account.text, /Not confirmed yet/);
  });

  for (const [what, verified] of Object.entries({ false: false, missing: undefined })) {
    it(`relies on the email_verified beside the address in userinfo: ${what}`, async (t) => {
      const { server, pass } = await start(t, { trust_email: true });
      server.service.on('beforeTokenSigning', ({ payload }: MutableToken) => {
        payload['email_verified'] = true;
      });
      server.service.on('beforeUserinfo', (answer: { body: object }) => {
        answer.body = { sub: 'johndoe', email: 'john@example.com', email_verified: verified };
      });

      const account = await (await pass()).press('register');

      assert.equal(account.url.pathname, '/auth/account', account.text);
      assert.match(account.text, /Not confirmed yet/);
    });
  }

  it('rejects a userinfo response about another subject (OIDC Core §5.3.2)', async (t) => {
    const { server, pass } = await start(t);
    server.service.on('beforeUserinfo', (answer: { body: object }) => {
      answer.body = { sub: 'another-client', email: 'victim@example.com', email_verified: true };
    });

    const page = await pass();

    assert.equal(page.url.searchParams.get('problem'), 'with-failed');
  });

  const at = () => Math.floor(Date.now() / 1000);
  const invalidation: Readonly<Record<string, (token: MutableToken) => void>> = {
    'another nonce': ({ payload }) => (payload['nonce'] = 'another'),
    'another audience': ({ payload }) => (payload.aud = 'another-client'),
    'several audiences without azp': ({ payload }) => (payload.aud = ['us', 'another-client']),
    'another issuer': ({ payload }) => (payload.iss = 'https://evil.example'),
    'an exp in the past': ({ payload }) => (payload.exp = at() - 90),
    'an iat in the future': ({ payload }) => (payload.iat = at() + 600),
    'an unknown kid': ({ header }) => (header.kid = 'unknown'),
  };
  for (const [what, change] of Object.entries(invalidation)) {
    it(`rejects an ID token with ${what}`, async (t) => {
      const { app, server, pass } = await start(t);
      server.service.on('beforeTokenSigning', change);

      const page = await pass();

      assert.equal(page.url.searchParams.get('problem'), 'with-failed', page.text);
      assert.deepEqual(await app.services.db.knex('identities'), []);
    });
  }

  const forgeries: Readonly<Record<string, (claims: JWTPayload) => string>> = {
    'no signature': (claims) => new UnsecuredJWT(claims).encode(),
    'an HMAC signature with the client secret': (claims) => {
      const parts = [{ alg: 'HS256' }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      const text = parts.join('.');
      return `${text}.${createHmac('sha256', 's3cret').update(text).digest('base64url')}`;
    },
  };
  for (const [what, forge] of Object.entries(forgeries)) {
    it(`rejects an ID token with ${what}`, async (t) => {
      const { server, pass } = await start(t);
      const iss = server.issuer.url ?? '';
      const nonce = { value: '' };
      server.service.on('beforeTokenSigning', ({ payload }: MutableToken) => {
        const { nonce: given } = payload;
        if (typeof given === 'string') nonce.value = given;
      });
      server.service.on('beforeResponse', (answer: { body: Record<string, unknown> }) => {
        answer.body['id_token'] = forge({
          iss,
          aud: 'us',
          sub: 'johndoe',
          iat: at(),
          exp: at() + 300,
          nonce: nonce.value,
        });
      });

      const page = await pass();

      assert.equal(page.url.searchParams.get('problem'), 'with-failed', page.text);
    });
  }

  it('handles an error response and rejects an unknown state', async (t) => {
    const { server, pass } = await start(t);
    server.service.once('beforeAuthorizeRedirect', ({ url }: { url: URL }) => {
      url.searchParams.delete('code');
      url.searchParams.set('error', 'access_denied');
    });
    const refused = await pass();
    server.service.once('beforeAuthorizeRedirect', ({ url }: { url: URL }) => {
      url.searchParams.set('state', 'another');
    });
    const strange = await pass();

    assert.equal(refused.url.searchParams.get('problem'), 'with-denied');
    assert.equal(strange.url.searchParams.get('problem'), 'with-expired');
  });
});
