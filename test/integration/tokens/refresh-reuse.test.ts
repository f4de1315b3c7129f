// Refresh token reuse detection: when a superseded token is presented, the server cannot
// distinguish the client from an attacker and revokes the whole family.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';

describeOnEachArrangement('refresh token reuse detection (RFC 9700 §4.14.2)', (app) => {
  it('revokes the family and its access tokens outside the leeway', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);
    const next = await rp.refresh(login.refreshToken);
    clock.advance(11);

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));

    assertInvalidGrant(await rp.tryRefresh(next.refreshToken));
    for (const token of [login.accessToken, next.accessToken, next.refreshToken]) {
      assert.equal((await rp.introspect(token)).text, inactive);
    }
    assert.equal((await rp.tryUserinfo(next.accessToken)).status, 401);
  });

  it('revokes the family inside the leeway when the successor has already been used', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);
    const next = await rp.refresh(login.refreshToken);
    const afterNext = await rp.refresh(next.refreshToken);

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));

    assertInvalidGrant(await rp.tryRefresh(afterNext.refreshToken));
  });

  it('is recorded in the audit log once, however often the token is presented', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const login = await rp.login(person, offline);
    await rp.refresh((await rp.refresh(login.refreshToken)).refreshToken);

    for (let turn = 0; turn < 3; turn += 1) {
      assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    }

    assert.equal(await countReuses(app(), person.id), 1);
  });

  it('sends a back-channel logout to the client', async () => {
    const backchannel_logout_uri = 'https://rp.example/logout';
    const rp = await app().relyingParty({ backchannel_logout_uri });
    const login = await rp.login(await app().createUser(), offline);
    await rp.refresh((await rp.refresh(login.refreshToken)).refreshToken);

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));

    const { knex } = app().services.db;
    const orders = await knex('outbox').where({ client_id: rp.app.clientId });
    assert.deepEqual(
      orders.map(({ kind }) => kind),
      ['backchannel_logout'],
    );
  });

  it('keeps other families of the same user and client', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const [phone, laptop] = [await rp.login(person, offline), await rp.login(person, offline)];
    await rp.refresh((await rp.refresh(phone.refreshToken)).refreshToken);

    assertInvalidGrant(await rp.tryRefresh(phone.refreshToken));

    assert.equal(await rp.isActive(laptop.accessToken), true);
    assert.notEqual((await rp.refresh(laptop.refreshToken)).refreshToken, '');
  });
});

describeOnEachArrangement(
  'refresh token reuse detection without a leeway',
  (app) => {
    it('revokes the family when the token is repeated', async () => {
      const rp = await app().relyingParty();
      const login = await rp.login(await app().createUser(), offline);
      const next = await rp.refresh(login.refreshToken);

      assertInvalidGrant(await rp.tryRefresh(login.refreshToken));

      assertInvalidGrant(await rp.tryRefresh(next.refreshToken));
    });
  },
  { REFRESH_LEEWAY_SECONDS: '0' },
);

describeApp('forged refresh tokens', {}, (app) => {
  const forgeries: readonly (readonly [string, (token: string, other: string) => string])[] = [
    ['an invented token', () => `ost_rt_${'A'.repeat(91)}`],
    ['dots of the right length', (token) => token.replace(/(?<=^ost_rt_).*/, dots)],
    ['a truncated token', (token) => token.slice(0, -1)],
    ['an extended token', (token) => `${token}A`],
    ['a flipped bit in the secret', (token) => flipBit(token, 30)],
    ['a flipped bit in the MAC', (token) => flipBit(token, 67)],
    ['another generation', (token) => flipBit(token, 19)],
    ['the id of the family before another secret', spliceFamily],
    ['another base64 encoding', (token) => token.replaceAll('_', '/')],
    ['white space', (token) => ` ${token}`],
  ];

  for (const [name, forge] of forgeries) {
    it(`do not revoke the family: ${name}`, async () => {
      const rp = await app().relyingParty();
      const person = await app().createUser();
      const login = await rp.login(person, offline);
      const other = await rp.login(person, offline);
      const forged = forge(login.refreshToken, other.refreshToken);
      if (forged === login.refreshToken) return;

      assertInvalidGrant(await rp.tryRefresh(forged));
      assert.equal((await rp.introspect(forged)).text, inactive);
      assert.equal((await rp.revoke(forged)).status, 200);

      assert.equal(await rp.isActive(login.accessToken), true);
      assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
    });
  }
});

const dots = (text: string) => '.'.repeat(text.length);

function flipBit(token: string, byte: number): string {
  const bytes = bytesOf(token);
  bytes[byte] = (bytes[byte] ?? 0) ^ 1;
  return `ost_rt_${bytes.toString('base64url')}`;
}

/** The layout is 16 bytes of family id, 4 bytes of generation, then the secret and the MAC. */
function spliceFamily(token: string, other: string): string {
  const bytes = Buffer.concat([bytesOf(token).subarray(0, 16), bytesOf(other).subarray(16)]);
  return `ost_rt_${bytes.toString('base64url')}`;
}

function bytesOf(token: string): Buffer {
  return Buffer.from(token.replace(/^ost_rt_/, ''), 'base64url');
}

async function countReuses({ services }: TestApp, userId: string): Promise<number> {
  const where = { user_id: userId, event: 'refresh_token.reused' };
  const rows: unknown[] = await services.db.knex('audit_events').where(where);
  return rows.length;
}
