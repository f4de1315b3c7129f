// The statement that rotates a refresh token and loads what the answer needs: it rotates only a token that
// no rule could refuse.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createImmediateRotationStore } from '#core/subject-status/immediate-rotation.store.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import { later } from '#test/support/data/builders.ts';
import { createStoredSubjects, rotation } from '#test/support/data/stored-subjects.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

const many = Array.from({ length: 20 }, (_, number) => number);
type Subjects = Awaited<ReturnType<typeof createStoredSubjects>>;

/** A request that names nothing but the token. */
const requestOf = (clientId: string) => ({
  clientId,
  resource: undefined,
  scopes: undefined,
  mayOutliveSession: true,
});

describeOnEachKind('immediate rotation store', (database) => {
  async function createSubjects() {
    const subjects = await createStoredSubjects(database());
    return { ...subjects, rotations: createImmediateRotationStore(database()) };
  }

  it('returns user, grant and family', async () => {
    const { rotations, families, family, userId, clientId } = await createSubjects();
    await families.create(family);

    const context = await rotations.rotate(rotation(family.id, 0), requestOf(clientId));

    assert.equal(context?.user?.id, userId);
    assert.equal(context.grant?.id, family.grantId);
    assert.deepEqual(context.family, await families.find(family.id));
    assert.deepEqual(context.family.currentHash, sha256('token 1'));
  });

  it('rotates for exactly one of many callers with the same token', async () => {
    const { rotations, families, family, clientId } = await createSubjects();
    await families.create(family);

    const rotate = () => rotations.rotate(rotation(family.id, 0), requestOf(clientId));
    const contexts = await Promise.all(many.map(rotate));

    assert.equal(contexts.filter((context) => context !== undefined).length, 1);
    assert.equal((await families.find(family.id))?.generation, 1);
  });

  const bound = (content: object) => ({ scope: 'openid', ...content });

  for (const [reason, content] of [
    ['a key', bound({ jkt: 'thumbprint' })],
    ['a certificate', bound({ 'x5t#S256': 'thumbprint' })],
    ['an attestation', bound({ attestationJkt: 'thumbprint' })],
    ['an organization', bound({ organizationId: 'acme' })],
    ['a session that has ended', bound({ expiresWithSession: true, sessionUid: 'ended' })],
  ] as const) {
    it(`changes nothing for a token that is bound to ${reason}`, async () => {
      const { rotations, families, family, clientId } = await createSubjects();
      await families.create({ ...family, content });

      assert.equal(await rotations.rotate(rotation(family.id, 0), requestOf(clientId)), undefined);

      assert.equal((await families.find(family.id))?.generation, 0);
    });
  }

  const shortly = (milliseconds: number) => later(milliseconds / 1000);
  const changes: readonly (readonly [string, (subjects: Subjects) => Promise<unknown>])[] = [
    ['its grant was revoked', ({ grants, family }) => grants.revoke(family.grantId, later(1))],
    [
      'its user was blocked',
      ({ db, revocations, userId }) => {
        const facts = { reason: 'a test', until: undefined, by: 'tester' };
        return revocations.blockUser(userId, facts, later(1), db.knex);
      },
    ],
    // iat has whole seconds, so the token counts as older than the revocation.
    [
      'the tokens of its client were revoked earlier in the same second',
      ({ db, revocations, clientId }) =>
        revocations.raiseClientNotBefore(clientId, shortly(-50), db.knex),
    ],
  ];

  for (const [reason, change] of changes) {
    it(`changes nothing if ${reason}`, async () => {
      const subjects = await createSubjects();
      const { rotations, families, family, clientId } = subjects;
      await families.create(family);
      await change(subjects);

      assert.equal(
        await rotations.rotate(rotation(family.id, 0, later(2)), requestOf(clientId)),
        undefined,
      );

      const { rows } = await database().run<{ generation: number }>(
        { name: 'generation', text: 'select generation from refresh_families where id = $1' },
        [family.id],
      );
      assert.deepEqual(rows, [{ generation: 0 }]);
    });
  }

  it('changes nothing for another client, or after the grant has expired', async () => {
    const { rotations, families, family, clientId } = await createSubjects();
    await families.create({ ...family, expiresAt: later(7200) });

    assert.equal(await rotations.rotate(rotation(family.id, 0), requestOf('another')), undefined);
    assert.equal(
      await rotations.rotate(rotation(family.id, 0, later(3601)), requestOf(clientId)),
      undefined,
    );

    assert.equal((await families.find(family.id))?.generation, 0);
  });

  it('changes nothing for a token that outlives the session if its client lost offline_access', async () => {
    const { rotations, families, family, clientId } = await createSubjects();
    await families.create(family);

    const named = { ...requestOf(clientId), mayOutliveSession: false };
    assert.equal(await rotations.rotate(rotation(family.id, 0), named), undefined);

    assert.equal((await families.find(family.id))?.generation, 0);
  });

  it('changes nothing for an API or a scope that the token does not have', async () => {
    const { rotations, families, family, clientId } = await createSubjects();
    const resource = 'https://api.example/';
    const content = { scope: 'openid read write', resource };
    await families.create({ ...family, content });
    const rotate = (named: object) =>
      rotations.rotate(rotation(family.id, 0), { ...requestOf(clientId), ...named });

    assert.equal(await rotate({ resource: 'https://other.example/' }), undefined);
    assert.equal(await rotate({ scopes: ['read', 'admin'] }), undefined);
    assert.equal((await families.find(family.id))?.generation, 0);

    assert.ok(await rotate({ resource, scopes: ['write', 'read'] }));
  });
});
