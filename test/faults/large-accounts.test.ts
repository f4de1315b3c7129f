// Blocks a user with a large amount of state: 500 sessions and the tokens of 10,000 clients.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { countOf, createApiClient } from '#test/support/actors/api-client.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';
import { crowding, describeFault, timed, type FaultRig } from '#test/support/faults/fault-suite.ts';

const sessions = 500;
const tokens = 10_000;
const promisedMilliseconds = 1000;

describeFault('blocking a user with 500 sessions and 10,000 grants', { count: 1 }, (rig) => {
  it('takes less than a second', async (t) => {
    const rp = await rig().relyingParty();
    const api = await createApiClient({ ...rig(), send: rig().at(0).send });
    const waits: number[] = [];

    // Other processes may load this machine, so the best of three runs counts.
    while (waits.length < 3 && !waits.some((wait) => wait < promisedMilliseconds)) {
      const person = await rig().createUser();
      const login = await rig().login(rp, person, offline);
      await multiply(rig(), person.id);
      const { result: answer, milliseconds } = await timed(() =>
        api.post(`users/${person.id}/block`, { reason: 'a test' }),
      );
      const counts = ['sessions', 'grants', 'refresh_families'].map((kind) =>
        countOf(answer, kind),
      );
      assert.deepEqual(counts, [sessions, tokens, tokens], answer.text);
      assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
      waits.push(milliseconds);
    }

    t.diagnostic(`blocked in ${waits.map((wait) => wait.toFixed()).join(', ')} ms`);
    assert.ok(Math.min(...waits) < promisedMilliseconds * crowding());
  });
});

/** Copies the session, grant and refresh family of the user until the required numbers exist. */
async function multiply({ sql }: FaultRig, personId: string): Promise<void> {
  await sql(
    `insert into sessions (uid, id_hash, user_id, login_at, acr, amr, authorizations,
                           created_at, last_used_at, expires_at, address, device)
     select uid || '-' || n, sha256((uid || n)::bytea), user_id, login_at, acr, amr, authorizations,
            created_at, last_used_at, expires_at, address, device
       from sessions, generate_series(2, ${sessions}) n where user_id = $1`,
    [personId],
  );
  await sql(
    `with copied as (
       insert into grants (id, user_id, client_id, content, created_at, expires_at)
       select id || '-' || n, user_id, client_id, content, created_at, expires_at
         from grants, generate_series(2, ${tokens}) n where user_id = $1
       returning id)
     insert into refresh_families (id, grant_id, user_id, client_id, current_hash, content,
                                   created_at, expires_at)
     select gen_random_uuid(), copied.id, f.user_id, f.client_id, sha256(copied.id::bytea), f.content,
            f.created_at, f.expires_at
       from refresh_families f, copied where f.user_id = $1`,
    [personId],
  );
  await sql('analyze sessions, grants, refresh_families');
}
