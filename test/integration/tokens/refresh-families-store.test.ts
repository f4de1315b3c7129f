// Refresh token families and codes: single use is enforced, and nothing is added to a revoked
// grant.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { maxStoredRotations } from '#core/tokens/refresh-families.store.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import { later, noon } from '#test/support/data/builders.ts';
import { createStoredSubjects, rotation } from '#test/support/data/stored-subjects.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

const many = Array.from({ length: 20 }, (_, number) => number);

describeOnEachKind('refresh token family store', (database) => {
  const subjectStatus = () => createStoredSubjects(database());

  it('rotates for exactly one of many callers with the same token', async () => {
    const { families, family } = await subjectStatus();
    await families.create(family);

    const won = await Promise.all(many.map(() => families.rotate(rotation(family.id, 0))));

    const found = await families.find(family.id);
    assert.equal(won.filter(Boolean).length, 1);
    assert.equal(found?.generation, 1);
    assert.deepEqual(found.currentHash, sha256('token 1'));
    assert.deepEqual(found.previousHash, sha256('token 0'));
    assert.deepEqual(found.rotatedAt, later(1));
  });

  it('stores only the latest rotations', async () => {
    const { families, family } = await subjectStatus();
    await families.create(family);

    for (const generation of many) {
      assert.equal(await families.rotate(rotation(family.id, generation, later(generation))), true);
    }

    const last = await families.lastRotation(family.id);
    const { rows } = await database().run<{ count: number }>(
      {
        name: 'count',
        text: 'select jsonb_array_length(rotations) as count from refresh_families where id = $1',
      },
      [family.id],
    );
    assert.equal(last?.generation, many.length);
    assert.equal(rows[0]?.count, maxStoredRotations);
  });

  it('does not rotate after the grant, the user, the client or all users are revoked', async () => {
    for (const end of ['grant', 'user', 'client', 'everybody'] as const) {
      const { db, families, grants, revocations, family, userId, clientId } = await subjectStatus();
      await families.create(family);

      const facts = { reason: 'a test', until: undefined, by: 'tester' };
      if (end === 'grant') await grants.revoke(family.grantId, later(1));
      if (end === 'user') await revocations.blockUser(userId, facts, later(1), db.knex);
      if (end === 'client') await revocations.raiseClientNotBefore(clientId, later(1), db.knex);
      if (end === 'everybody') await revocations.raiseGlobalNotBefore(later(1), db.knex);

      assert.equal(await families.rotate(rotation(family.id, 0, later(2))), false, end);
    }
  });

  it('does not create a family on a revoked grant, in either order of arrival', async () => {
    for (const _ of many) {
      const { families, grants, family } = await subjectStatus();

      await Promise.all([families.create(family), grants.revoke(family.grantId, later(1))]);

      assert.equal(await families.rotate(rotation(family.id, 0, later(2))), false);
    }
  });

  it('creates a family exactly once per code, together with its redemption', async () => {
    const { families, family } = await subjectStatus();
    const redemption = {
      codeHash: sha256(randomUUID()),
      grantId: family.grantId,
      redeemedAt: noon,
      expiresAt: later(60),
    };

    const founded = await Promise.all(
      many.map(() => families.redeemCodeAndCreate(redemption, { ...family, id: randomUUID() })),
    );

    assert.equal(founded.filter(Boolean).length, 1);
    assert.equal(await families.redeemCode(redemption), false);
  });

  it('redeems a code without a family exactly once', async () => {
    const { families, family } = await subjectStatus();
    const codeHash = sha256(randomUUID());
    const times = { redeemedAt: noon, expiresAt: later(60) };

    const redeemed = await Promise.all(
      many.map(() => families.redeemCode({ codeHash, grantId: family.grantId, ...times })),
    );

    assert.equal(redeemed.filter(Boolean).length, 1);
  });
});
