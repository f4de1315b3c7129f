// Answers that no provider would give, or not to us, or not now: nobody comes in by them, and the
// person is back on the page where it began.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { aStranger, makeKey, signRightly, type Spoiling } from '#test/roles/stand-in-provider.ts';
import { answerFor, goThrough, startAppWithOthers } from '#test/roles/with-others.ts';

const at = () => Math.floor(Date.now() / 1000);

const spoilings: Readonly<Record<string, () => Spoiling>> = {
  'a nonce of another question': () => ({ claims: { nonce: 'another' } }),
  'no nonce': () => ({ claims: { nonce: undefined } }),
  'another audience': () => ({ claims: { aud: 'somebody-else' } }),
  'several audiences and no azp': () => ({ claims: { aud: ['ostiary', 'somebody-else'] } }),
  'several audiences and another azp': () => ({
    claims: { aud: ['ostiary', 'somebody-else'], azp: 'somebody-else' },
  }),
  'another azp': () => ({ claims: { azp: 'somebody-else' } }),
  'another issuer': () => ({ claims: { iss: 'https://evil.example' } }),
  'an end that has passed': () => ({ claims: { exp: at() - 120, iat: at() - 300 } }),
  'a time to come': () => ({ claims: { iat: at() + 600, exp: at() + 900 } }),
  'an age of hours': () => ({ claims: { iat: at() - 7200, exp: at() + 900 } }),
  'no subject': () => ({ claims: { sub: undefined } }),
  'a subject without an end': () => ({ claims: { sub: 'x'.repeat(300) } }),
  'no signature (alg none)': () => ({
    sign: async (claims) => new UnsecuredJWT(claims).encode(),
  }),
  'a signature with the client secret (HS256)': () => ({
    sign: (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode('s3cret'.repeat(8))),
  }),
  'a key that nobody published': () => ({
    sign: async (claims) => signRightly(claims, await makeKey()),
  }),
  'a published name on another key': () => ({
    sign: async (claims, right) => signRightly(claims, { ...(await makeKey()), kid: right.kid }),
  }),
  'another issuer beside the code (RFC 9207)': () => ({ iss: 'https://evil.example' }),
};

describe('an answer that is not right', () => {
  for (const [what, spoil] of Object.entries(spoilings)) {
    it(`lets nobody in: ${what}`, async (t) => {
      const { app, other } = await startAppWithOthers(t);
      const browser = app.browser();
      other.spoil(spoil());

      const page = await goThrough(browser, await browser.open('/auth/sign-in'), other);

      assert.equal(page.url.pathname, '/auth/sign-in');
      assert.match(page.url.searchParams.get('problem') ?? '', /^with-(?:failed|denied)$/);
      assert.ok(page.has('trouble') && page.has('with-google'), page.text);
    });
  }

  it('lets nobody of another house in', async (t) => {
    const { app, other } = await startAppWithOthers(t, {
      setting: { hosted_domain: 'corp.example' },
    });
    const problems = [];
    for (const hd of [undefined, 'evil.example', 'corp.example']) {
      other.become({ ...aStranger(), ...(hd ? { hd } : {}) });
      const browser = app.browser();
      const page = await goThrough(browser, await browser.open('/auth/sign-in'), other);
      problems.push(page.url.searchParams.get('problem'));
    }

    assert.deepEqual(problems, ['with-domain', 'with-domain', null]);
    assert.equal(other.state.asked.get('hd'), 'corp.example');
  });

  it('takes several audiences when it says which of them is meant', async (t) => {
    const { app, other } = await startAppWithOthers(t);
    other.spoil({ claims: { aud: ['ostiary', 'somebody-else'], azp: 'ostiary' } });
    const browser = app.browser();

    const page = await goThrough(browser, await browser.open('/auth/sign-in'), other);

    assert.equal(page.heading, 'Almost there');
  });

  it('takes a new key at once, and does not ask for keys each time somebody invents one', async (t) => {
    const { app, other } = await startAppWithOthers(t);
    const pass = async () => {
      const browser = app.browser();
      return goThrough(browser, await browser.open('/auth/sign-in'), other);
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

describe('an answer at the wrong time or place', () => {
  it('is good once', async (t) => {
    const { app, other } = await startAppWithOthers(t);
    const browser = app.browser();
    const answer = await answerFor(await browser.open('/auth/sign-in'), other);
    const first = await browser.open(answer);

    const second = await browser.open(answer);

    assert.equal(first.heading, 'Almost there');
    assert.equal(second.url.searchParams.get('problem'), 'with-expired');
  });

  it('is good in the browser that asked alone', async (t) => {
    const { app, other } = await startAppWithOthers(t);
    const attacker = app.browser();
    const answer = await answerFor(await attacker.open('/auth/sign-in'), other);
    const victim = app.browser();
    await answerFor(await victim.open('/auth/sign-in'), other);

    const page = await victim.open(answer);
    const stranger = await app.browser().open(answer);

    assert.equal(page.url.searchParams.get('problem'), 'with-expired');
    assert.equal(stranger.url.searchParams.get('problem'), 'with-expired');
    assert.equal((await attacker.open(answer)).heading, 'Almost there');
  });

  it('is good at the door of the provider that was asked alone (mix-up)', async (t) => {
    const standIns = [{}, { id: 'evil', name: 'Evil', clientId: 'evil' }];
    const { app, other } = await startAppWithOthers(t, { standIns });
    const browser = app.browser();
    const answer = await answerFor(await browser.open('/auth/sign-in'), other);
    const moved = new URL(answer.href.replace('/with/google/', '/with/evil/'));

    const page = await browser.open(moved);

    assert.equal(page.url.searchParams.get('problem'), 'with-expired');
  });

  it('is not good with a state of one’s own', async (t) => {
    const { app, other } = await startAppWithOthers(t);
    const browser = app.browser();
    const answer = await answerFor(await browser.open('/auth/sign-in'), other);
    for (const state of ['', 'x', `${'a'.repeat(43)}.${'b'.repeat(43)}`]) {
      const url = new URL(answer);
      url.searchParams.set('state', state);
      const page = await browser.open(url);
      assert.equal(page.url.searchParams.get('problem'), 'with-expired', state);
    }
  });

  it('can not be begun by another site', async (t) => {
    const { app } = await startAppWithOthers(t);
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

describe('a provider that says no, or nothing', () => {
  it('leads back to the page with a kind word when the person turned back there', async (t) => {
    const { app, other } = await startAppWithOthers(t);
    other.spoil({ error: 'access_denied' });
    const rp = await app.relyingParty();
    const browser = app.browser();
    const pending = await rp.request();

    const page = await goThrough(browser, await browser.open(pending.url), other);

    assert.match(page.url.pathname, /^\/auth\/interaction\//);
    assert.match(page.text, /cancelled/);
    assert.ok(page.has('sign-in'));
  });

  const troubles: Readonly<Record<string, Spoiling>> = {
    'is broken': { atToken: (res) => res.writeHead(500).end('{}') },
    'hangs up': { atToken: (res) => res.destroy() },
    'answers without an end': {
      atToken: (res) => {
        res.writeHead(200, { 'content-type': 'application/json' });
        res.end(`{"a":"${'x'.repeat(300_000)}"}`);
      },
    },
    'does not answer': { atToken: () => {} },
    'does not describe itself': { atDiscovery: (res) => res.writeHead(404).end() },
    'describes somebody else': {
      atDiscovery: (res) => {
        res.writeHead(200, { 'content-type': 'application/json' });
        res.end(JSON.stringify({ issuer: 'https://evil.example' }));
      },
    },
    'leads elsewhere': {
      atDiscovery: (res) => res.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    },
  };
  for (const [what, spoiling] of Object.entries(troubles)) {
    it(`is away when it ${what}`, async (t) => {
      const { app, other } = await startAppWithOthers(t);
      other.spoil(spoiling);
      const browser = app.browser();
      const begun = Date.now();

      const page = await goThrough(browser, await browser.open('/auth/sign-in'), other);

      assert.equal(page.url.searchParams.get('problem'), 'with-away');
      assert.match(page.text, /can not be reached/);
      assert.ok(Date.now() - begun < 8000);
    });
  }

  it('is not reached in a private network that is not allowed', async (t) => {
    let calls = 0;
    const inside = createServer((_req, res) => {
      calls += 1;
      res.end('{}');
    }).listen(0, '127.0.0.1');
    await once(inside, 'listening');
    t.after(() => inside.close());
    const { port } = inside.address() as AddressInfo; // it listens on a port, not on a pipe
    const issuer = `http://127.0.0.1:${port}`;
    const { app } = await startAppWithOthers(t, {
      setting: { issuer },
      settings: { OUTBOUND_ALLOW: '' },
    });
    const browser = app.browser();

    const page = await (await browser.open('/auth/sign-in')).press('with-google');

    assert.equal(page.url.searchParams.get('problem'), 'with-away');
    assert.equal(calls, 0);
  });
});
