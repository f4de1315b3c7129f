// Signals of identity providers: they end the sessions of linked users once, and nothing else has an effect.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { SignJWT, type JWTPayload } from 'jose';
import { collectWorks } from '#test/support/app.ts';
import { aStranger, makeKey } from '#test/support/actors/identity-provider.ts';
import { signInUpstream, startAppWithProviders } from '#test/support/steps/federation.ts';
import { typeOf } from '#test/support/steps/signal-receiver.ts';

const page = { after: undefined, limit: 10 };

describe('signals of an identity provider', () => {
  const works = collectWorks();
  let started: Awaited<ReturnType<typeof startAppWithProviders>> | undefined;
  before(async () => {
    const standIns = [{}, { id: 'quiet', name: 'Quiet' }];
    started = await startAppWithProviders(works, { standIns, setting: { signals: true } });
  });
  after(works.run);
  const stage = () => {
    assert.ok(started);
    return started;
  };

  /** A user who registered with the provider and is signed in. */
  async function aLinkedUser() {
    const { app, other } = stage();
    const { sub } = other.become(aStranger());
    const browser = app.browser();
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    const account = await asked.press('register');
    assert.equal(account.url.pathname, '/auth/account', account.text);
    const isSignedIn = async () =>
      (await browser.open('/auth/account')).url.pathname === '/auth/account';
    const [row] = await app.services.db
      .knex('identities')
      .where({ subject: sub })
      .select('user_id');
    return { sub, userId: String(row.user_id), isSignedIn };
  }
  function claimsAbout(sub: string, name = 'session-revoked', changes: object = {}): JWTPayload {
    const { other } = stage();
    return {
      iss: other.issuer,
      aud: 'ostiary',
      iat: Math.floor(Date.now() / 1000),
      jti: randomUUID(),
      sub_id: { format: 'iss_sub', iss: other.issuer, sub },
      events: { [typeOf(name)]: { event_timestamp: Math.floor(Date.now() / 1000) } },
      ...changes,
    };
  }
  function sign(
    claims: JWTPayload,
    { kid, privateKey } = stage().other.state.key,
    typ = 'secevent+jwt',
  ) {
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ }).sign(privateKey);
  }
  async function push(token: string, provider = 'google', type = 'application/secevent+jwt') {
    const { app } = stage();
    const answer = await app.send(`${app.issuer}/auth/signals/${provider}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: token,
    });
    const text = await answer.text();
    return { status: answer.status, err: text === '' ? undefined : JSON.parse(text).err };
  }
  async function eventsOf(userId: string): Promise<readonly string[]> {
    const { items } = await stage().app.services.auditSearch.search({ userId }, page);
    return items.map(({ event }) => event);
  }

  it('ends the sessions of the linked user and of no other, and is audited', async () => {
    const [one, other] = [await aLinkedUser(), await aLinkedUser()];

    const accepted = await push(await sign(claimsAbout(one.sub)));

    assert.deepEqual(accepted, { status: 202, err: undefined });
    assert.deepEqual([await one.isSignedIn(), await other.isSignedIn()], [false, true]);
    const events = await eventsOf(one.userId);
    assert.deepEqual(events.slice(0, 2), ['user.signed_out_everywhere', 'signal.received']);
  });

  it('revokes everything of a user who was disabled there', async () => {
    const { sub, userId } = await aLinkedUser();
    const user = { format: 'iss_sub', iss: stage().other.issuer, sub };
    const sub_id = { format: 'complex', user, session: { format: 'opaque', id: 'x' } };

    await push(await sign(claimsAbout(sub, 'account-disabled', { sub_id })));

    assert.deepEqual((await eventsOf(userId)).slice(0, 2), [
      'user.tokens_revoked',
      'signal.received',
    ]);
  });

  it('takes effect once, even when it arrives again', async () => {
    const { sub, userId } = await aLinkedUser();
    const token = await sign(claimsAbout(sub, 'credential-change'));

    const answers = [await push(token), await push(token)];

    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 202],
    );
    const received = (await eventsOf(userId)).filter((event) => event === 'signal.received');
    assert.equal(received.length, 1);
  });

  it('is refused if it is forged or meant for another receiver', async () => {
    const { sub, userId, isSignedIn } = await aLinkedUser();
    const right = claimsAbout(sub);
    const { key } = stage().other.state;
    const { jti: _, ...withoutId } = right;
    const unsigned = `${btoa('{"alg":"none","typ":"secevent+jwt"}')}.${btoa(JSON.stringify(right))}.`;
    const refusals = [
      [await sign(right, await makeKey()), 'invalid_key'],
      [await sign(right, { ...(await makeKey()), kid: key.kid }), 'invalid_key'],
      [await sign({ ...right, aud: 'another' }), 'invalid_audience'],
      [await sign({ ...right, iss: 'https://other.example' }), 'invalid_issuer'],
      [await sign({ ...right, iat: 1 }), 'invalid_request'],
      [await sign({ ...right, iat: Number(right.iat) + 3600 }), 'invalid_request'],
      [await sign(withoutId), 'invalid_request'],
      [await sign(right, key, 'JWT'), 'invalid_request'],
      [await stage().other.idTokenFor('nonce'), 'invalid_request'],
      [unsigned, 'invalid_request'],
      ['not a token', 'invalid_request'],
    ] as const;

    for (const [token, err] of refusals) {
      assert.deepEqual(await push(token), { status: 400, err }, `${err} ${token.slice(0, 30)}`);
    }
    assert.equal((await push(await sign(right), 'google', 'application/jwt')).status, 415);
    assert.equal(await isSignedIn(), true);
    assert.equal((await eventsOf(userId)).includes('signal.received'), false);
  });

  it('is ignored for a provider without signals, and for one that does not exist', async () => {
    const { sub, isSignedIn } = await aLinkedUser();
    const token = await sign(claimsAbout(sub));

    assert.equal((await push(token, 'quiet')).status, 404);
    assert.equal((await push(token, 'unknown')).status, 404);
    assert.equal(await isSignedIn(), true);
  });

  it('has no effect for an unknown subject, an address or another event', async () => {
    const { sub, isSignedIn } = await aLinkedUser();
    const email = { format: 'email', email: stage().other.state.person.email };
    const foreign = { format: 'iss_sub', iss: 'https://other.example', sub };
    const tokens = [
      claimsAbout('unknown'),
      claimsAbout(sub, 'session-revoked', { sub_id: email }),
      claimsAbout(sub, 'session-revoked', { sub_id: foreign }),
      claimsAbout(sub, 'account-enabled'),
      claimsAbout(sub, 'verification'),
    ];

    for (const claims of tokens) assert.equal((await push(await sign(claims))).status, 202);
    assert.equal(await isSignedIn(), true);
  });
});
