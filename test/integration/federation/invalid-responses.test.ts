// Invalid upstream responses: none signs a user in, and the user returns to the page of the flow.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  aStranger,
  makeKey,
  signRightly,
  type Spoiling,
} from '#test/support/actors/identity-provider.ts';
import * as federation from '#test/support/steps/federation.ts';

const { answerFor, signInUpstream, startAppWithProviders } = federation;

const at = () => Math.floor(Date.now() / 1000);

const spoilings: Readonly<Record<string, () => Spoiling>> = {
  'a nonce of another request': () => ({ claims: { nonce: 'another' } }),
  'no nonce': () => ({ claims: { nonce: undefined } }),
  'another audience': () => ({ claims: { aud: 'another-client' } }),
  'several audiences and no azp': () => ({ claims: { aud: ['ostiary', 'another-client'] } }),
  'several audiences and another azp': () => ({
    claims: { aud: ['ostiary', 'another-client'], azp: 'another-client' },
  }),
  'another azp': () => ({ claims: { azp: 'another-client' } }),
  'another issuer': () => ({ claims: { iss: 'https://evil.example' } }),
  'an exp in the past': () => ({ claims: { exp: at() - 120, iat: at() - 300 } }),
  'an iat in the future': () => ({ claims: { iat: at() + 600, exp: at() + 900 } }),
  'an iat several hours ago': () => ({ claims: { iat: at() - 7200, exp: at() + 900 } }),
  'no subject': () => ({ claims: { sub: undefined } }),
  'an oversized sub': () => ({ claims: { sub: 'x'.repeat(300) } }),
  'no signature (alg none)': () => ({
    sign: async (claims) => new UnsecuredJWT(claims).encode(),
  }),
  'a signature with the client secret (HS256)': () => ({
    sign: (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode('s3cret'.repeat(8))),
  }),
  'an unpublished key': () => ({
    sign: async (claims) => signRightly(claims, await makeKey()),
  }),
  'a published kid on another key': () => ({
    sign: async (claims, right) => signRightly(claims, { ...(await makeKey()), kid: right.kid }),
  }),
  'another iss next to the code (RFC 9207)': () => ({ iss: 'https://evil.example' }),
};

describe('invalid upstream response', () => {
  for (const [what, spoil] of Object.entries(spoilings)) {
    it(`is rejected: ${what}`, async (t) => {
      const { app, other } = await startAppWithProviders(t);
      const browser = app.browser();
      other.spoil(spoil());

      const page = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);

      assert.equal(page.url.pathname, '/auth/sign-in');
      assert.match(page.url.searchParams.get('problem') ?? '', /^with-(?:failed|denied)$/);
      assert.ok(page.has('trouble') && page.has('with-google'), page.text);
    });
  }

  it('is rejected unless its hd claim is the required domain', async (t) => {
    const { app, other } = await startAppWithProviders(t, {
      setting: { hosted_domain: 'corp.example' },
    });
    const problems = [];
    for (const hd of [undefined, 'evil.example', 'corp.example']) {
      other.become({ ...aStranger(), ...(hd ? { hd } : {}) });
      const browser = app.browser();
      const page = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
      problems.push(page.url.searchParams.get('problem'));
    }

    assert.deepEqual(problems, ['with-domain', 'with-domain', null]);
    assert.equal(other.state.asked.get('hd'), 'corp.example');
  });

  it('is accepted with several audiences and a matching azp', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    other.spoil({ claims: { aud: ['ostiary', 'another-client'], azp: 'ostiary' } });
    const browser = app.browser();

    const page = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);

    assert.equal(page.heading, 'Almost there');
  });

  it('is accepted with a new key, without a JWKS request for each unknown kid', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const pass = async () => {
      const browser = app.browser();
      return signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    };
    await pass();
    await other.rotateKey();
    const rotated = await pass();
    other.spoil({ sign: async (claims) => signRightly(claims, await makeKey()) });
    for (let turn = 0; turn < 5; turn += 1) await pass();

    assert.equal(rotated.heading, 'Almost there');
    assert.equal(other.state.keyRequests, 2);
  });
});

describe('upstream request and its response', () => {
  it('is accepted once', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const browser = app.browser();
    const answer = await answerFor(await browser.open('/auth/sign-in'), other);
    const first = await browser.open(answer);

    const second = await browser.open(answer);

    assert.equal(first.heading, 'Almost there');
    assert.equal(second.url.searchParams.get('problem'), 'with-expired');
  });

  it('is accepted only in the browser that started the flow', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const attacker = app.browser();
    const answer = await answerFor(await attacker.open('/auth/sign-in'), other);
    const victim = app.browser();
    await answerFor(await victim.open('/auth/sign-in'), other);

    const page = await victim.open(answer);
    const another = await app.browser().open(answer);

    assert.equal(page.url.searchParams.get('problem'), 'with-expired');
    assert.equal(another.url.searchParams.get('problem'), 'with-expired');
    assert.equal((await attacker.open(answer)).heading, 'Almost there');
  });

  it('is accepted only at the redirect URI of its provider (mix-up attack)', async (t) => {
    const standIns = [{}, { id: 'evil', name: 'Evil', clientId: 'evil' }];
    const { app, other } = await startAppWithProviders(t, { standIns });
    const browser = app.browser();
    const answer = await answerFor(await browser.open('/auth/sign-in'), other);
    const moved = new URL(answer.href.replace('/with/google/', '/with/evil/'));

    const page = await browser.open(moved);

    assert.equal(page.url.searchParams.get('problem'), 'with-expired');
  });

  it('is rejected with a state that was not issued', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const browser = app.browser();
    const answer = await answerFor(await browser.open('/auth/sign-in'), other);
    for (const state of ['', 'x', `${'a'.repeat(43)}.${'b'.repeat(43)}`]) {
      const url = new URL(answer);
      url.searchParams.set('state', state);
      const page = await browser.open(url);
      assert.equal(page.url.searchParams.get('problem'), 'with-expired', state);
    }
  });

  it('cannot be started by another site', async (t) => {
    const { app } = await startAppWithProviders(t);
    const body = new URLSearchParams({ form_token: 'x', interaction: '' });

    for (const headers of [{ origin: 'https://evil.example' }, { origin: app.issuer }]) {
      const answer = await app.send(`${app.issuer}/auth/with/google`, {
        method: 'POST',
        body,
        headers,
      });
      assert.equal(answer.status, 403);
    }
  });
});

describe('provider that returns an error or is unavailable', () => {
  it('shows a clear message when the user cancels at the provider', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    other.spoil({ error: 'access_denied' });
    const rp = await app.relyingParty();
    const browser = app.browser();
    const pending = await rp.request();

    const page = await signInUpstream(browser, await browser.open(pending.url), other);

    assert.match(page.url.pathname, /^\/auth\/interaction\//);
    assert.match(page.text, /canceled/);
    assert.ok(page.has('sign-in'));
  });

  const troubles: Readonly<Record<string, Spoiling>> = {
    'responds with status 500': { atToken: (res) => res.writeHead(500).end('{}') },
    'closes the connection': { atToken: (res) => res.destroy() },
    'sends an endless response': {
      atToken: (res) => {
        res.writeHead(200, { 'content-type': 'application/json' });
        res.end(`{"a":"${'x'.repeat(300_000)}"}`);
      },
    },
    'does not respond': { atToken: () => {} },
    'publishes no discovery document': { atDiscovery: (res) => res.writeHead(404).end() },
    'publishes the discovery document of another issuer': {
      atDiscovery: (res) => {
        res.writeHead(200, { 'content-type': 'application/json' });
        res.end(JSON.stringify({ issuer: 'https://evil.example' }));
      },
    },
    'redirects discovery to a private address': {
      atDiscovery: (res) => res.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    },
  };
  for (const [what, spoiling] of Object.entries(troubles)) {
    it(`is reported as unavailable when it ${what}`, async (t) => {
      const { app, other } = await startAppWithProviders(t);
      other.spoil(spoiling);
      const browser = app.browser();
      const begun = Date.now();

      const page = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);

      assert.equal(page.url.searchParams.get('problem'), 'with-away');
      assert.match(page.text, /can’t be reached/);
      assert.ok(Date.now() - begun < 8000);
    });
  }

  it('is not contacted in a private network that is not allowed', async (t) => {
    let calls = 0;
    const inside = createServer((_req, res) => {
      calls += 1;
      res.end('{}');
    }).listen(0, '127.0.0.1');
    await once(inside, 'listening');
    t.after(() => inside.close());
    const { port } = inside.address() as AddressInfo; // A TCP port, not a pipe.
    const issuer = `http://127.0.0.1:${port}`;
    const { app } = await startAppWithProviders(t, {
      setting: { issuer },
      settings: { OUTBOUND_ALLOW: '' },
    });
    const browser = app.browser();

    const page = await (await browser.open('/auth/sign-in')).press('with-google');

    assert.equal(page.url.searchParams.get('problem'), 'with-away');
    assert.equal(calls, 0);
  });
});
