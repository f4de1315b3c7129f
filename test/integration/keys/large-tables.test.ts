// The status of the keys when tables are large: it counts a part of the rows, or all of them in steps.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createEncryptionKeyStore } from '#core/keys/encryption/encryption-keys.store.ts';
import { startTestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { offline } from '#test/support/data/outcomes.ts';

/** Rows of one statement, which has a time limit. */
const stepRows = 5_000;

/** The last number of each step. */
function steps(rows: number): readonly number[] {
  return Array.from({ length: rows / stepRows }, (_, index) => (index + 1) * stepRows);
}

it('key status counts the first rows of a large table, and all of them with --exact', async (t) => {
  const { services } = await startTestApp(t);
  await services.encryptionKeys.admit();
  for (const last of steps(120_000)) {
    await services.db.knex.raw(
      `insert into outbox (id, kind, sealed, created_at, due_at, sent_at)
       select lpad(to_hex(number), 32, '0')::uuid, 'mail',
              case when number = 120000 then 'v1.gone.text' else 'v1.test.text' end, now(), now(), now()
         from generate_series(${last - stepRows + 1}, ${last}) number`,
    );
  }
  const { done } = createCommandRunner(services);

  const part = await done(['key', 'status']);
  const exact = await done(['key', 'status', '--exact']);
  const json = (await done(['key', 'status', '--json'])).json();

  assert.match(part.out, /^outbox\.sealed +100000 of 100000 or more +100 % +test: 100000$/m);
  assert.doesNotMatch(part.out, /^gone/m);
  assert.match(exact.out, /^outbox\.sealed +119999 of 120000 +99 % +gone: 1, test: 119999$/m);
  assert.match(exact.out, /^gone +1 +0 +missing in ENCRYPTION_KEYS$/m);
  const { columns } = Object(Object(json)['encryption']);
  const incomplete = Object(columns).filter(({ complete }: { complete: boolean }) => !complete);
  assert.deepEqual(
    incomplete.map(({ table }: { table: string }) => table),
    ['outbox'],
  );
});

it('refresh tokens are counted in steps', async (t) => {
  const app = await startTestApp(t);
  const { db } = app.services;
  const rp = await app.relyingParty();
  await rp.login(await app.createUser(), offline);
  for (const last of steps(40_000)) {
    await db.knex.raw(
      `insert into refresh_families (id, grant_id, user_id, client_id, current_hash, content,
                                     created_at, expires_at, key_id)
       select lpad(to_hex(number), 32, '0')::uuid, grant_id, user_id, client_id, current_hash, content,
              created_at, case when number = 1 then now() else expires_at end, 'old'
         from refresh_families, generate_series(${last - stepRows + 1}, ${last}) number
        where key_id = 'test'`,
    );
  }
  const store = createEncryptionKeyStore(db);

  const part = await store.familyUses(new Date(), 20_000);
  const all = await store.familyUses(new Date(), Infinity);

  assert.deepEqual([part.isComplete, part.uses.map(({ count }) => count)], [false, [19_999]]);
  assert.equal(all.isComplete, true);
  const counts = new Map(all.uses.map(({ keyId, count }) => [keyId, count]));
  assert.deepEqual([counts.get('old'), counts.get('test')], [39_999, 1]);
});
