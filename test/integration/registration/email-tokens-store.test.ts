// Email tokens in the database: one pending token per kind and subject, single use, few attempts.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { tables } from '#server/modules.ts';
import type { Database } from '#platform/database/postgres.ts';
import {
  createEmailTokenStore,
  type NewEmailToken,
} from '#features/email-tokens/email-tokens.store.ts';
import { createExpiredRowStore } from '#features/cleanup/expired-rows.store.ts';
import { createUserStore } from '#core/users/users.store.ts';
import { aUser, later, noon } from '#test/support/data/builders.ts';
import { atOnce } from '#test/support/data/outcomes.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

function aProof(facts: Partial<NewEmailToken> = {}): NewEmailToken {
  const email = `${randomUUID()}@example.com`;
  return {
    id: randomUUID(),
    kind: 'registration',
    subject: facts.emailKey ?? email,
    userId: undefined,
    email,
    emailKey: email,
    linkHash: randomBytes(32),
    codeHash: randomBytes(32),
    bindingHash: randomBytes(32),
    content: 'sealed',
    createdAt: noon,
    expiresAt: later(3600),
    ...facts,
  };
}

async function put(db: Database, proof: NewEmailToken): Promise<NewEmailToken> {
  await db.transaction((tx) => createEmailTokenStore(db).put(proof, tx));
  return proof;
}

describeOnEachKind('email token store', (database) => {
  const store = () => createEmailTokenStore(database());
  const use = (id: string, at = noon) => database().transaction((tx) => store().use(id, at, tx));

  it('returns a token by its link and by its browser', async () => {
    const proof = await put(database(), aProof());
    const { linkHash, bindingHash = Buffer.alloc(0) } = proof;

    const found = [
      await store().findByLink(linkHash, noon),
      await store().findByBinding(bindingHash, 'registration', noon),
    ];

    for (const each of found) assert.deepEqual(each, { ...proof, provenAt: undefined });
    assert.equal(await store().findByBinding(bindingHash, 'recovery', noon), undefined);
    assert.equal(await store().findByLink(linkHash, later(3600)), undefined);
  });

  it('lets one of twenty concurrent callers consume a token', async () => {
    const { id } = await put(database(), aProof());

    const used = await atOnce(() => use(id));

    assert.deepEqual(used.filter(Boolean), [true]);
  });

  it('does not consume an expired token', async () => {
    const { id } = await put(database(), aProof());

    assert.deepEqual([await use(id, later(3600)), await use(id, later(3599))], [false, true]);
  });

  it('replaces a token by a newer one of the same kind only', async () => {
    const first = await put(database(), aProof());
    const { subject, emailKey, email } = first;
    const other = await put(database(), aProof({ subject, emailKey, email, kind: 'recovery' }));
    const second = await put(database(), aProof({ subject, emailKey, email }));

    assert.deepEqual(
      [await use(first.id), await use(second.id), await use(other.id)],
      [false, true, true],
    );
    assert.equal(await store().findByLink(first.linkHash, noon), undefined);
  });

  it('keeps one pending token under concurrent requests', async () => {
    const proofs = Array.from({ length: 20 }, () => aProof({ subject: 'crowd@example.com' }));

    await Promise.all(proofs.map((proof) => put(database(), proof)));

    const used = await Promise.all(proofs.map(({ id }) => use(id)));
    assert.equal(used.filter(Boolean).length, 1);
  });

  it("counts code attempts exactly, and for the token's holder only", async () => {
    const { id, bindingHash } = await put(database(), aProof());
    const strange = { bindingHash: randomBytes(32), userId: randomUUID() };

    const foreign = await store().tryCode(id, 5, strange, noon);
    const nobody = await store().tryCode(id, 5, {}, noon);
    const tries = await atOnce(() => store().tryCode(id, 5, { bindingHash }, noon));

    assert.deepEqual([foreign, nobody], [undefined, undefined]);
    assert.equal(tries.filter((each) => each !== undefined).length, 5);
    assert.equal(await store().tryCode('no id at all', 5, { bindingHash }, noon), undefined);
  });

  it('invalidates tokens when the user changes, except the one that reverts it', async () => {
    const user = aUser();
    await createUserStore(database()).insert(user);
    const { id: userId, emailKey } = user;
    const facts = { userId, emailKey, subject: userId };
    const ending = await put(database(), aProof({ ...facts, kind: 'verification' }));
    const undo = await put(database(), aProof({ ...facts, kind: 'email_undo' }));

    await database().transaction((tx) => store().endOfUser(userId, emailKey, tx));

    assert.deepEqual([await use(ending.id), await use(undo.id)], [false, true]);
  });

  it('deletes expired tokens', async () => {
    const proof = await put(database(), aProof());
    const young = await put(database(), aProof({ expiresAt: later(7200) }));

    const expired = createExpiredRowStore(database(), tables);
    while ((await expired.removeBatch(later(3601))) > 0);

    const ids = await database()
      .knex('mail_proofs')
      .whereIn('id', [proof.id, young.id])
      .pluck('id');
    assert.deepEqual(ids, [young.id]);
  });
});
