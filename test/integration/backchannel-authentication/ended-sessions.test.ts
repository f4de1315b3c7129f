// Answers to backchannel requests (OpenID CIBA) from a session that ends while the answer is stored. The end of
// one session changes none of the user's versions.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Knex } from 'knex';
import { describeApp } from '#test/support/app.ts';
import { inLine, rowOfUser } from '#test/support/services/row-locks.ts';
import { backchannelClient, createAsking } from '#test/support/steps/backchannel.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';

describeApp('an answer from a session that has just ended', {}, (app) => {
  /** A pending request on the page of a user who may answer it. */
  async function ask() {
    const client = await createAsking(app(), await app().createClient(backchannelClient));
    const person = await app().createUser({ emailVerified: true });
    const { auth_req_id: id } = await client.ask({ login_hint: person.email });
    const browser = app().browser();
    await signInOwn(browser, person);
    const confirm = await browser.open('/auth/account/confirm?back=requests');
    const page = await confirm.press('confirm', { password: person.password });
    const { items } = await app().services.sessionList.list(person.id, {
      after: undefined,
      limit: 1,
    });
    const sessionUid = items[0]?.uid ?? '';
    const isPending = async () => (await client.poll(id)).body['error'] === 'authorization_pending';
    return { person, page, sessionUid, isPending };
  }

  for (const answer of ['allow-1', 'deny-1'] as const) {
    it(`has no effect (${answer})`, async () => {
      const { person, page, sessionUid, isPending } = await ask();

      const [late] = await inLine(app(), rowOfUser(person.id), [() => page.press(answer)], () =>
        app().services.blocking.endSession(sessionUid, { kind: 'operator' }),
      );

      assert.equal(late?.status, 409, late?.text);
      assert.ok(await isPending());
      const consents = await app().services.db.knex('consents').where({ user_id: person.id });
      assert.deepEqual(consents, []);
    });
  }

  it('has no effect if the session ends after the consent was stored', async () => {
    const { page, sessionUid, isPending } = await ask();
    const { knex } = app().services.db;
    const grants = (tx: Knex) => tx.raw('lock table grants in share mode');

    // Written directly, because the service would wait for the lock that the test holds.
    const [late] = await inLine(app(), grants, [() => page.press('allow-1')], () =>
      knex('sessions')
        .where({ uid: sessionUid })
        .update({ ended_at: new Date(), ended_because: 'session.ended' }),
    );

    assert.equal(late?.status, 409, late?.text);
    assert.ok(await isPending());
  });
});
