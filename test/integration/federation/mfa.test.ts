// An identity provider is a first factor: the second factor is still required after it, and the
// requirements of a client apply to the upstream sign-in as well.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { generateSync } from 'otplib';
import type { TestApp } from '#test/support/app.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';
import type { StandIn } from '#test/support/actors/identity-provider.ts';
import { signInUpstream, startAppWithProviders } from '#test/support/steps/federation.ts';

const codeOf = (secret: string) => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) });

/** A user with a password, a linked account and TOTP. */
async function withCodes(
  app: TestApp,
  other: StandIn,
): Promise<{ person: Person; secret: string }> {
  const person = await app.createUser();
  const browser = app.browser();
  await signInOwn(browser, person);
  const open = await (
    await browser.open('/auth/account/linked')
  ).press('confirm', { password: person.password });
  await signInUpstream(browser, open, other, 'link-google');
  const page = await browser.open('/auth/account/codes');
  const shown = await page.press('set-up');
  const [, grouped = ''] = /<code[^>]*>([A-Z2-7 ]+)<\/code>/.exec(shown.html) ?? [];
  const secret = grouped.replaceAll(' ', '');
  await shown.press('verify', { code: codeOf(secret) });
  return { person, secret };
}

describe('upstream sign-in as the first of two factors', () => {
  it('is followed by the TOTP code and is reported in the amr claim', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const { person } = await withCodes(app, other);
    const rp = await app.relyingParty();
    const browser = app.browser();
    const pending = await rp.request();

    const second = await signInUpstream(browser, await browser.open(pending.url), other);
    const skipped = await browser.open(pending.url);
    const codes: string[] = await recoveryCodesOf(app, person);
    const consent = await second.press('verify', { code: codes[0] ?? '' });
    const tokens = await rp.exchange(rp.receive(await consent.press('allow'), pending));

    assert.match(second.url.pathname, /\/second-factor$/);
    assert.ok(skipped.has('sign-in'), skipped.text);
    assert.equal(tokens.claims['sub'], person.id);
    assert.equal(tokens.claims['acr'], 'urn:ostiary:acr:two-factor');
    assert.deepEqual(tokens.claims['amr'], ['fed', 'otp', 'mfa']);
  });

  it('does not count as reauthentication for a user with TOTP', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const { person } = await withCodes(app, other);
    const browser = app.browser();
    const second = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    const codes = await recoveryCodesOf(app, person);
    await second.press('verify', { code: codes[0] ?? '' });

    const page = await browser.open('/auth/account/linked');

    assert.equal(page.has('confirm-google'), false);
  });
});

async function recoveryCodesOf({ services }: TestApp, { id }: Person): Promise<string[]> {
  const user = await services.users.findById(id);
  assert.ok(user);
  return [...(await services.secondFactor.renewRecoveryCodes(user))];
}

describe('authentication requirements of a client', () => {
  it('are forwarded to the provider: prompt=login, max_age and login_hint', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const rp = await app.relyingParty();
    const asked = async (parameters: Readonly<Record<string, string>>) => {
      const browser = app.browser();
      const { url } = await rp.request(parameters);
      await signInUpstream(browser, await browser.open(url), other);
      return ['prompt', 'max_age', 'login_hint'].map((name) => other.state.asked.get(name));
    };

    assert.deepEqual(await asked({}), [null, null, null]);
    assert.deepEqual(await asked({ prompt: 'login' }), ['login', '0', null]);
    assert.deepEqual(await asked({ max_age: '60', login_hint: 'ada@example.org' }), [
      null,
      '60',
      'ada@example.org',
    ]);
  });

  it('are not met by a provider that returns an old auth_time or none', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const rp = await app.relyingParty();
    for (const spoiling of [
      { claims: { auth_time: Math.floor(Date.now() / 1000) - 600 } },
      { hidesTime: true },
    ]) {
      other.spoil(spoiling);
      const browser = app.browser();
      const { url } = await rp.request({ max_age: '60' });

      const page = await signInUpstream(browser, await browser.open(url), other);

      assert.equal(page.url.searchParams.get('problem'), 'with-stale');
      assert.match(page.text, /didn’t confirm that you just signed in/);
      assert.ok(page.has('sign-in'));
    }
  });

  it('cause a new sign-in when the upstream auth_time exceeds the session lifetime', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    other.state.signedInAt -= 40 * 24 * 60 * 60;
    const browser = app.browser();

    const again = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    const asked = await browser.open(await other.visit(again.url));

    assert.ok(again.left);
    assert.equal(again.url.searchParams.get('prompt'), 'login');
    assert.equal(asked.heading, 'Almost there');
  });
});
