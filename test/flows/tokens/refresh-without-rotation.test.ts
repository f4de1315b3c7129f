// A confidential client whose tokens are bound to its key keeps its refresh token (FAPI 2.0
// Security Profile §5.3.2.1): the token is as good after a minute as after a second, and every use
// is still decided by the same conditions.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/app.ts';
import { createProvingSend } from '#test/roles/dpop.ts';
import { assertInvalidGrant, atOnce, distinct, offline } from '#test/roles/outcomes.ts';
import type { AppFacts } from '#test/roles/registrations.ts';
import { createRelyingParty } from '#test/roles/relying-party.ts';
import { holdClock } from '#test/stage/clock.ts';

const keyBound = { auth: 'private_key_jwt', dpop_bound_access_tokens: true } as const;

describeOnEachArrangement('a refresh token of a sender-constrained confidential client', (app) => {
  it('is the same after a refresh, and good again after 30 seconds', async (t) => {
    const clock = holdClock(t);
    const rp = await aProvingClient(app(), keyBound);
    const login = await rp.login(await app().aPerson(), offline);

    const first = await rp.refresh(login.refreshToken);
    clock.advance(30);
    const second = await rp.refresh(login.refreshToken);

    assert.deepEqual(
      [first.refreshToken, second.refreshToken],
      [login.refreshToken, login.refreshToken],
    );
    assert.notEqual(first.accessToken, second.accessToken);
    assert.equal(await rp.isActive(second.accessToken), true);
  });

  it('is good for twenty requests at once', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const login = await rp.login(await app().aPerson(), offline);

    const answers = await atOnce(() => rp.tryRefresh(login.refreshToken));

    // A store that was too busy may have asked some to come back; none is taken for reuse.
    assert.deepEqual(distinct(answers, 'refresh_token'), [login.refreshToken]);
    for (const { status } of answers) assert.ok(status === 200 || status === 503, String(status));
  });

  it('is refused after a block, also when the token was used before', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const person = await app().aPerson();
    const login = await rp.login(person, offline);
    await rp.refresh(login.refreshToken);

    await app().block(person.id);

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });

  it('is refused once it was given back', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const login = await rp.login(await app().aPerson(), offline);

    await rp.revoke(login.refreshToken);

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });

  it('is written down as used, with time and generation as they are', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const person = await app().aPerson();
    const login = await rp.login(person, offline);

    await rp.refresh(login.refreshToken);

    const { familyPictures } = app().installation.services;
    const { items } = await familyPictures.list(person.id, { after: undefined, limit: 1 });
    const picture = await familyPictures.show(items[0]?.id ?? '');
    assert.deepEqual(
      picture?.members.map(({ generation }) => generation),
      [0, 0],
    );
    assert.equal(picture?.generation, 0);
  });
});

describeApp('a refresh token that is kept', {}, (app) => {
  it('is refused when its family ends between the reading and the answer', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const login = await rp.login(await app().aPerson(), offline);
    const { knex } = app().installation.db;
    const ending = await knex.transaction();
    const ended = { ended_at: new Date(), ended_because: 'revoked' };
    await ending('refresh_families').where({ client_id: rp.app.clientId }).update(ended);

    const waiting = rp.tryRefresh(login.refreshToken);
    await untilOneWaits(app());
    await ending.commit();

    assertInvalidGrant(await waiting);
  });

  it('is refused without a proof of the key', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const login = await rp.login(await app().aPerson(), offline);
    const without = await rp.through(app().send);

    assertInvalidGrant(await without.tryRefresh(login.refreshToken));
  });

  it('is not what a public client with DPoP has: its tokens rotate', async () => {
    const rp = await aProvingClient(app(), { auth: 'none', dpop_bound_access_tokens: true });
    const login = await rp.login(await app().aPerson(), offline);

    const next = await rp.refresh(login.refreshToken);

    assert.notEqual(next.refreshToken, login.refreshToken);
  });

  it('is not what a confidential client with bearer tokens has: its tokens rotate', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const login = await rp.login(await app().aPerson(), offline);

    const next = await rp.refresh(login.refreshToken);

    assert.notEqual(next.refreshToken, login.refreshToken);
  });
});

async function aProvingClient(app: TestApp, facts: AppFacts) {
  const send = await createProvingSend(app.send);
  return createRelyingParty({ issuer: app.issuer, send, app: await app.anApp(facts) });
}

/** Resolves when a statement on this test's database waits for the lock of another. */
async function untilOneWaits({ installation }: TestApp): Promise<void> {
  const waiting = `select 1 from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'`;
  for (;;) {
    const { rows } = await installation.db.knex.raw<{ rows: unknown[] }>(waiting);
    if (rows.length > 0) return;
    await pause(5);
  }
}
