// A refresh token that is used again after it was superseded: owner or thief, nobody can tell, so
// everything of the family ends.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/app.ts';
import { holdClock } from '#test/stage/clock.ts';
import { assertInvalidGrant, inactive, offline } from '#test/roles/outcomes.ts';

describeOnEachArrangement('reuse ends the family (RFC 9700 §4.14.2)', (app) => {
  it('ends it outside the leeway, access tokens included (C9)', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), offline);
    const next = await rp.refresh(login.refreshToken);
    clock.advance(11);

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));

    assertInvalidGrant(await rp.tryRefresh(next.refreshToken));
    for (const token of [login.accessToken, next.accessToken, next.refreshToken]) {
      assert.equal((await rp.introspect(token)).text, inactive);
    }
    assert.equal((await rp.tryUserinfo(next.accessToken)).status, 401);
  });

  it('ends it inside the leeway when the successor was used already', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), offline);
    const next = await rp.refresh(login.refreshToken);
    const afterNext = await rp.refresh(next.refreshToken);

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));

    assertInvalidGrant(await rp.tryRefresh(afterNext.refreshToken));
  });

  it('is written down once, whoever repeats it', async () => {
    const rp = await app().relyingParty();
    const person = await app().aPerson();
    const login = await rp.login(person, offline);
    await rp.refresh((await rp.refresh(login.refreshToken)).refreshToken);

    for (let turn = 0; turn < 3; turn += 1) {
      assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    }

    assert.equal(await countReuses(app(), person.id), 1);
  });

  it('tells the app that its part of the session is over', async () => {
    const backchannel_logout_uri = 'https://rp.example/logout';
    const rp = await app().relyingParty({ backchannel_logout_uri });
    const login = await rp.login(await app().aPerson(), offline);
    await rp.refresh((await rp.refresh(login.refreshToken)).refreshToken);

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));

    const { knex } = app().installation.db;
    const orders = await knex('outbox').where({ client_id: rp.app.clientId });
    assert.deepEqual(
      orders.map(({ kind }) => kind),
      ['backchannel_logout'],
    );
  });

  it('leaves other families of the same person and app alone', async () => {
    const rp = await app().relyingParty();
    const person = await app().aPerson();
    const [phone, laptop] = [await rp.login(person, offline), await rp.login(person, offline)];
    await rp.refresh((await rp.refresh(phone.refreshToken)).refreshToken);

    assertInvalidGrant(await rp.tryRefresh(phone.refreshToken));

    assert.equal(await rp.isActive(laptop.accessToken), true);
    assert.notEqual((await rp.refresh(laptop.refreshToken)).refreshToken, '');
  });
});

describeOnEachArrangement(
  'without leeway every repeat is reuse',
  (app) => {
    it('ends the family', async () => {
      const rp = await app().relyingParty();
      const login = await rp.login(await app().aPerson(), offline);
      const next = await rp.refresh(login.refreshToken);

      assertInvalidGrant(await rp.tryRefresh(login.refreshToken));

      assertInvalidGrant(await rp.tryRefresh(next.refreshToken));
    });
  },
  { REFRESH_LEEWAY_SECONDS: '0' },
);

describeApp('only an authentic token can end a family', {}, (app) => {
  const forgeries: readonly (readonly [string, (token: string, other: string) => string])[] = [
    ['an invented one', () => `ost_rt_${'A'.repeat(91)}`],
    ['an empty one of the right length', (token) => token.replace(/(?<=^ost_rt_).*/, dots)],
    ['one cut short', (token) => token.slice(0, -1)],
    ['one drawn out', (token) => `${token}A`],
    ['one with a flipped bit in its secret', (token) => flipBit(token, 30)],
    ['one with a flipped bit in its MAC', (token) => flipBit(token, 67)],
    ['one with another generation', (token) => flipBit(token, 19)],
    ['one with the id of the family in front of another secret', spliceFamily],
    ['one in another spelling of base64', (token) => token.replaceAll('_', '/')],
    ['one with white space', (token) => ` ${token}`],
  ];

  for (const [name, forge] of forgeries) {
    it(`leaves the family alone: ${name}`, async () => {
      const rp = await app().relyingParty();
      const person = await app().aPerson();
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

/** 16 bytes of family id, 4 of generation, the rest secret and MAC. */
function spliceFamily(token: string, other: string): string {
  const bytes = Buffer.concat([bytesOf(token).subarray(0, 16), bytesOf(other).subarray(16)]);
  return `ost_rt_${bytes.toString('base64url')}`;
}

function bytesOf(token: string): Buffer {
  return Buffer.from(token.replace(/^ost_rt_/, ''), 'base64url');
}

async function countReuses({ installation }: TestApp, userId: string): Promise<number> {
  const where = { user_id: userId, event: 'refresh_token.reused' };
  const rows: unknown[] = await installation.db.knex('audit_events').where(where);
  return rows.length;
}
