// Refresh tokens of confidential clients with sender-constrained tokens do not rotate (FAPI 2.0
// Security Profile §5.3.2.1). The token does not depend on a leeway, and every use is subject to
// the same conditions as a rotation.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { createProvingSend } from '#test/support/steps/dpop.ts';
import { assertInvalidGrant, atOnce, distinct, offline } from '#test/support/data/outcomes.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import { holdClock } from '#test/support/clock.ts';

const keyBound = { auth: 'private_key_jwt', dpop_bound_access_tokens: true } as const;

describeOnEachArrangement('refresh token of a sender-constrained confidential client', (app) => {
  it('is unchanged after a refresh and is accepted again 30 seconds later', async (t) => {
    const clock = holdClock(t);
    const rp = await aProvingClient(app(), keyBound);
    const login = await rp.login(await app().createUser(), offline);

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

  it('is accepted for twenty simultaneous requests', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const login = await rp.login(await app().createUser(), offline);

    const answers = await atOnce(() => rp.tryRefresh(login.refreshToken));

    // Under load a request may be asked to retry; none may count as reuse.
    assert.deepEqual(distinct(answers, 'refresh_token'), [login.refreshToken]);
    for (const { status } of answers) assert.ok(status === 200 || status === 503, String(status));
  });

  it('is rejected after the user is blocked, even when it was used before', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const person = await app().createUser();
    const login = await rp.login(person, offline);
    await rp.refresh(login.refreshToken);

    await app().block(person.id);

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });

  it('is rejected after it is revoked', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const login = await rp.login(await app().createUser(), offline);

    await rp.revoke(login.refreshToken);

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });

  it('is recorded as used in the history of the family with an unchanged generation', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const person = await app().createUser();
    const login = await rp.login(person, offline);

    await rp.refresh(login.refreshToken);

    const { familyTimelines } = app().services;
    const { items } = await familyTimelines.list(person.id, { after: undefined, limit: 1 });
    const picture = await familyTimelines.show(items[0]?.id ?? '');
    assert.deepEqual(
      picture?.members.map(({ generation }) => generation),
      [0, 0],
    );
    assert.equal(picture?.generation, 0);
  });
});

describeApp('refresh token with and without rotation', {}, (app) => {
  it('is rejected when its family is revoked between the read and the response', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const login = await rp.login(await app().createUser(), offline);
    const { knex } = app().services.db;
    const ending = await knex.transaction();
    const ended = { ended_at: new Date(), ended_because: 'revoked' };
    await ending('refresh_families').where({ client_id: rp.app.clientId }).update(ended);

    const waiting = rp.tryRefresh(login.refreshToken);
    await untilOneWaits(app());
    await ending.commit();

    assertInvalidGrant(await waiting);
  });

  it('is rejected without proof of possession of the key', async () => {
    const rp = await aProvingClient(app(), keyBound);
    const login = await rp.login(await app().createUser(), offline);
    const without = await rp.through(app().send);

    assertInvalidGrant(await without.tryRefresh(login.refreshToken));
  });

  it('is rotated for a public client with DPoP', async () => {
    const rp = await aProvingClient(app(), { auth: 'none', dpop_bound_access_tokens: true });
    const login = await rp.login(await app().createUser(), offline);

    const next = await rp.refresh(login.refreshToken);

    assert.notEqual(next.refreshToken, login.refreshToken);
  });

  it('is rotated for a confidential client with bearer tokens', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const login = await rp.login(await app().createUser(), offline);

    const next = await rp.refresh(login.refreshToken);

    assert.notEqual(next.refreshToken, login.refreshToken);
  });
});

async function aProvingClient(app: TestApp, facts: AppFacts) {
  const send = await createProvingSend(app.send);
  return createRelyingParty({ issuer: app.issuer, send, app: await app.createClient(facts) });
}

/** Resolves when a statement on the database of this test waits for a lock held by another. */
async function untilOneWaits({ services }: TestApp): Promise<void> {
  const waiting = `select 1 from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'`;
  for (;;) {
    const { rows } = await services.db.knex.raw<{ rows: unknown[] }>(waiting);
    if (rows.length > 0) return;
    await pause(5);
  }
}
