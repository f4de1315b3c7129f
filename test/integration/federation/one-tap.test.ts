// Google One Tap: the page itself posts the credential, together with a value that is also in a
// cookie.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestApp } from '#test/support/app.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import { startAppWithProviders } from '#test/support/steps/federation.ts';

const setting = { one_tap: true };

function nonceIn(page: Page): string {
  return /data-nonce="([^"]+)"/.exec(page.html)?.[1] ?? '';
}

interface Tap {
  readonly credential: string;
  readonly csrf?: string;
  readonly cookie?: string;
  readonly site?: string;
}

async function tap(
  app: TestApp,
  browser: Browser,
  { credential, csrf = 'x', cookie = 'x', site }: Tap,
) {
  const kept = browser.cookies.header(new URL(app.issuer));
  const answer = await app.send(`${app.issuer}/auth/with/google/one-tap`, {
    method: 'POST',
    body: new URLSearchParams({ credential, ...(csrf ? { g_csrf_token: csrf } : {}) }),
    headers: {
      cookie: cookie ? `${kept}; g_csrf_token=${cookie}` : kept,
      origin: site ?? app.issuer,
    },
  });
  return { status: answer.status, location: answer.headers.get('location') };
}

describe('One Tap', () => {
  it('continues from the page on which it was shown', async (t) => {
    const { app, other } = await startAppWithProviders(t, { setting });
    const rp = await app.relyingParty();
    const browser = app.browser();
    const pending = await rp.request();
    const page = await browser.open(pending.url);
    const credential = await other.idTokenFor(nonceIn(page));

    const { location } = await tap(app, browser, { credential });
    const asked = await browser.open(location ?? '');
    const consent = await asked.press('register');

    assert.equal(location, `${page.url.pathname}/with`);
    const tokens = await rp.exchange(rp.receive(await consent.press('allow'), pending));
    assert.deepEqual(tokens.claims['amr'], ['fed']);
  });

  it('requires a matching cookie, a same-origin page and a valid audience', async (t) => {
    const { app, other } = await startAppWithProviders(t, { setting });
    const browser = app.browser();
    const fresh = async () => other.idTokenFor(nonceIn(await browser.open('/auth/sign-in')));

    const wrong = await tap(app, browser, { credential: await fresh(), csrf: 'y' });
    const absent = await tap(app, browser, { credential: await fresh(), cookie: '' });
    const empty = await tap(app, browser, { credential: await fresh(), csrf: '' });
    const foreign = await tap(app, browser, {
      credential: await fresh(),
      site: 'https://evil.example',
    });
    const unasked = await tap(app, browser, { credential: await other.idTokenFor('unasked') });
    const broken = await tap(app, browser, { credential: 'x.y.z' });
    const another = await tap(app, app.browser(), { credential: await fresh() });

    assert.deepEqual(
      [wrong, absent, empty, foreign].map(({ status }) => status),
      [403, 403, 403, 403],
    );
    for (const { location } of [unasked, broken, another]) {
      assert.equal(location, '/auth/sign-in?problem=with-expired');
    }
  });

  it('accepts a credential once and rejects invalid ones', async (t) => {
    const { app, other } = await startAppWithProviders(t, { setting });
    const browser = app.browser();
    const credential = await other.idTokenFor(nonceIn(await browser.open('/auth/sign-in')));
    const first = await tap(app, browser, { credential });
    const second = await tap(app, browser, { credential });
    other.spoil({ claims: { aud: 'another-client' } });
    const spoiled = await other.idTokenFor(nonceIn(await browser.open('/auth/sign-in')));
    const third = await tap(app, browser, { credential: spoiled });

    assert.equal(first.location, '/auth/sign-in/with');
    assert.equal(second.location, '/auth/sign-in?problem=with-expired');
    assert.equal(third.location, '/auth/sign-in?problem=with-failed');
  });

  it('relaxes the CSP on the sign-in page only, and only when enabled', async (t) => {
    const tapped = await startAppWithProviders(t, { setting });
    const plain = await startAppWithProviders(t);
    const policyOf = async (app: TestApp, path: string) =>
      (await app.browser().open(path)).headers.get('content-security-policy') ?? '';

    assert.match(
      await policyOf(tapped.app, '/auth/sign-in'),
      /frame-src https:\/\/accounts\.google\.com\/gsi\//,
    );
    assert.doesNotMatch(await policyOf(tapped.app, '/auth/register'), /google/);
    assert.doesNotMatch(await policyOf(plain.app, '/auth/sign-in'), /google/);
    const browser = plain.app.browser();
    const credential = await plain.other.idTokenFor('x');
    assert.equal((await tap(plain.app, browser, { credential })).status, 404);
  });
});
