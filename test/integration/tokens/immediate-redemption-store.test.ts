// The statement that redeems a code, stores its first refresh token and loads what the answer needs: it redeems
// the code only if no rule could refuse the request.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import {
  createImmediateRedemptionStore,
  type ImmediateRedemption,
} from '#core/subject-status/immediate-redemption.store.ts';
import { later, noon } from '#test/support/data/builders.ts';
import { createStoredSubjects } from '#test/support/data/stored-subjects.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

const many = Array.from({ length: 20 }, (_, number) => number);
const blocked = { reason: 'a test', until: undefined, by: 'tester' };

describeOnEachKind('immediate redemption store', (database) => {
  async function createSubjects() {
    const db = database();
    const subjects = await createStoredSubjects(db);
    const { family } = subjects;
    const { redeem } = createImmediateRedemptionStore(db);
    const redemption = {
      codeHash: randomBytes(32),
      grantId: family.grantId,
      redeemedAt: later(2),
      expiresAt: later(3600),
    };
    const usual: ImmediateRedemption = {
      redemption,
      family,
      issuedAt: noon,
      sessionUid: undefined,
    };
    const count = async (table: string) => {
      const { rows } = await db.run<{ count: number }>(
        { name: '', text: `select count(*)::integer from ${table} where grant_id = $1` },
        [family.grantId],
      );
      return rows[0]?.count;
    };
    return {
      ...subjects,
      redeem: (changes: Partial<ImmediateRedemption> = {}) => redeem({ ...usual, ...changes }),
      redemption,
      /** The number of redemptions and of families. */
      counts: async () => [await count('code_redemptions'), await count('refresh_families')],
      /** Stores a live session that has the grant, and returns its id. */
      async createSession(columns: object = {}): Promise<string> {
        const uid = randomBytes(8).toString('hex');
        const { userId, clientId, grantId } = family;
        const authorizations = JSON.stringify({ [clientId]: { grantId } });
        const times = { created_at: noon, last_used_at: noon, expires_at: later(3600) };
        const row = {
          uid,
          id_hash: randomBytes(32),
          user_id: userId,
          transient: false,
          authorizations,
        };
        await db.knex('sessions').insert({ ...row, ...times, ...columns });
        return uid;
      },
    };
  }

  type Subjects = Awaited<ReturnType<typeof createSubjects>>;

  it('redeems the code, stores the family, and returns user, grant and session', async () => {
    const { redeem, createSession, families, family, userId, counts } = await createSubjects();
    const sessionUid = await createSession();

    const context = await redeem({ sessionUid });

    assert.equal(context?.user?.id, userId);
    assert.equal(context.grant?.id, family.grantId);
    assert.equal(context.session?.uid, sessionUid);
    assert.equal((await families.find(family.id))?.generation, 0);
    assert.deepEqual(await counts(), [1, 1]);
  });

  it('redeems for exactly one of many callers with the same code', async () => {
    const { redeem, family, counts } = await createSubjects();

    const contexts = await Promise.all(
      many.map(() => redeem({ family: { ...family, id: crypto.randomUUID() } })),
    );

    assert.equal(contexts.filter((context) => context !== undefined).length, 1);
    assert.deepEqual(await counts(), [1, 1]);
  });

  it('changes nothing for a code that was redeemed without a refresh token', async () => {
    const { redeem, redemption, families, counts } = await createSubjects();
    await families.redeemCode(redemption);

    assert.equal(await redeem(), undefined);

    assert.deepEqual(await counts(), [1, 0]);
  });

  const shortly = later(0.5);
  const changes: readonly (readonly [string, (subjects: Subjects) => Promise<unknown>])[] = [
    ['its grant was revoked', ({ grants, family }) => grants.revoke(family.grantId, later(1))],
    [
      'something was refused in its grant',
      ({ db, family: { grantId } }) =>
        db
          .knex('grants')
          .where({ id: grantId })
          .update({ content: { rejected: {} } }),
    ],
    [
      'its user was blocked',
      ({ db, revocations, userId }) => revocations.blockUser(userId, blocked, noon, db.knex),
    ],
    [
      'its client was blocked',
      ({ db, clientId }) =>
        db.knex('clients').where({ client_id: clientId }).update({ disabled_at: noon }),
    ],
    [
      'access to its client was limited',
      ({ db, clientId }) =>
        db.knex('clients').where({ client_id: clientId }).update({ access_limited: true }),
    ],
    [
      'the tokens of its client were revoked after it was issued',
      ({ db, revocations, clientId }) =>
        revocations.raiseClientNotBefore(clientId, shortly, db.knex),
    ],
    [
      'the tokens of its user were revoked after it was issued',
      ({ db, userId }) => db.knex('users').where({ id: userId }).update({ not_before: shortly }),
    ],
  ];

  for (const [reason, change] of changes) {
    it(`changes nothing if ${reason}`, async () => {
      const subjects = await createSubjects();
      await change(subjects);

      assert.equal(await subjects.redeem(), undefined);

      assert.deepEqual(await subjects.counts(), [0, 0]);
    });
  }

  it('changes nothing if everything was revoked after the code was issued', async () => {
    const { redeem, db, counts } = await createSubjects();
    await db.knex('epochs').update({ not_before: shortly });
    const outcome = await redeem();
    await db.knex('epochs').update({ not_before: null });

    assert.equal(outcome, undefined);

    assert.deepEqual(await counts(), [0, 0]);
  });

  it('changes nothing for another user or client, or after the grant has expired', async () => {
    const [{ redeem, redemption, family, counts }, other] = [
      await createSubjects(),
      await createSubjects(),
    ];
    const { userId, clientId } = other;

    assert.equal(await redeem({ family: { ...family, userId } }), undefined);
    assert.equal(await redeem({ family: { ...family, clientId } }), undefined);
    const late = { ...redemption, redeemedAt: later(3601), expiresAt: later(7200) };
    assert.equal(await redeem({ redemption: late }), undefined);

    assert.deepEqual(await counts(), [0, 0]);
  });

  it('changes nothing if the session of the tokens is not live or lacks the grant', async () => {
    const { redeem, createSession, counts } = await createSubjects();
    const other = await createSubjects();
    const sessions = [
      'unknown',
      await createSession({ ended_at: later(1), ended_because: 'session.ended' }),
      await createSession({ expires_at: later(1) }),
      await createSession({ user_id: other.userId }),
      await createSession({ authorizations: JSON.stringify({}) }),
      await createSession({
        authorizations: JSON.stringify({ [other.clientId]: { grantId: other.family.grantId } }),
      }),
    ];

    for (const sessionUid of sessions) assert.equal(await redeem({ sessionUid }), undefined);

    assert.deepEqual(await counts(), [0, 0]);
    assert.ok(await redeem({ sessionUid: await createSession() }));
  });
});
