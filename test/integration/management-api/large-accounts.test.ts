// Blocking a user with ten thousand refresh tokens from five hundred sessions, on PostgreSQL.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { countOf, createApiClient } from '#test/support/actors/api-client.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';

const sessions = 500;
/** Number of clients; each session has a grant for each of them. */
const apps = 3;
const families = 10_000;
/** The fastest of this many blocks counts, since other tests may be using the CPU. */
const turns = 3;

describeApp('POST /auth/api/v1/users/{id}/block', { arrangement: 'postgres, redis' }, (app) => {
  it('blocks a user with 10,000 refresh tokens in less than a second', async () => {
    const api = await createApiClient(app());
    const clientIds = await threeClients(app());
    await fill(app(), randomUUID(), clientIds);
    const times: number[] = [];

    for (let turn = 0; turn < turns; turn += 1) {
      const person = await app().createUser();
      await fill(app(), person.id, clientIds);
      const answer = await api.post(`users/${person.id}/block`, { reason: 'a test of size' });
      assert.equal(answer.status, 200, answer.text);
      const kinds = ['sessions', 'grants', 'refresh_families', 'logout_notices'];
      const counts = kinds.map((kind) => countOf(answer, kind));
      assert.deepEqual(counts, [sessions, sessions * apps, families, sessions]);
      times.push(Number(answer.body['milliseconds']));
    }

    assert.ok(Math.min(...times) < 1000, `${times.join(', ')} ms`);
  });
});

/** Registers three clients, one of which receives back-channel logout tokens. */
async function threeClients(app: TestApp): Promise<readonly string[]> {
  const notified = await app.createClient({
    backchannel_logout_uri: 'https://notified.example/logout',
  });
  const others = await Promise.all([app.createClient(), app.createClient()]);
  return [notified, ...others].map(({ clientId }) => clientId);
}

/** Inserts the rows that the sign-ins would have created. */
async function fill({ services }: TestApp, userId: string, clientIds: readonly string[]) {
  const { knex } = services.db;
  const [now, end] = [new Date(), new Date(Date.now() + 86_400_000)];
  const names = { userId, now, end, clientIds, mark: userId.slice(0, 8), sessions, apps, families };
  await knex.raw(
    `insert into grants (id, user_id, client_id, content, created_at, expires_at)
     select :mark || '-' || s || '-' || a, :userId, (:clientIds::text[])[a], '{}', :now, :end
       from generate_series(0, :sessions::integer - 1) s, generate_series(1, :apps::integer) a`,
    names,
  );
  await knex.raw(
    `insert into refresh_families (id, grant_id, user_id, client_id, current_hash, content,
            created_at, expires_at)
     select gen_random_uuid(), :mark || '-' || n % :sessions || '-' || 1 + n % :apps, :userId,
            (:clientIds::text[])[1 + n % :apps], sha256((:mark || n)::bytea),
            '{"scope":"openid offline_access"}', :now, :end
       from generate_series(1, :families::integer) n`,
    names,
  );
  await knex.raw(
    `insert into sessions (uid, id_hash, user_id, login_at, authorizations, created_at,
            last_used_at, expires_at)
     select :mark || '-session-' || s, sha256((:mark || s)::bytea), :userId, :now,
            (select jsonb_object_agg((:clientIds::text[])[a], jsonb_build_object(
                      'sid', :mark || '-sid-' || s, 'grantId', :mark || '-' || s || '-' || a))
               from generate_series(1, :apps::integer) a),
            :now, :now, :end
       from generate_series(0, :sessions::integer - 1) s`,
    names,
  );
  await knex.raw('analyze sessions, grants, refresh_families');
}
