// Browser sessions: clients are merged, replaced cookie values are invalid, revoked sessions stay
// revoked.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { createAuthorizationContextStore } from '#core/subject-status/authorization-context.store.ts';
import { createSessionStore, type SessionStore } from '#core/sessions/sessions.store.ts';
import type { SessionChange } from '#core/sessions/session-rows.store.ts';
import { deviceClauses } from '#features/unrecognized-devices/user-devices.store.ts';
import { later, noon } from '#test/support/data/builders.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

const userId = randomUUID();

function aChange(facts: Partial<SessionChange> = {}): SessionChange {
  return {
    uid: randomBytes(8).toString('hex'),
    id: randomBytes(16).toString('hex'),
    replacedId: undefined,
    userId,
    loginAt: noon,
    acr: 'urn:example:acr',
    amr: ['pwd'],
    transient: false,
    state: undefined,
    authorizations: {},
    removedClientIds: [],
    signIn: undefined,
    expiresAt: later(3600),
    ...facts,
  };
}

/** Creates a session without a user first, since a sign-in updates the row and never inserts it. */
async function start(sessions: SessionStore, change: SessionChange): Promise<void> {
  await sessions.save({ ...change, userId: undefined }, noon);
  assert.ok(await sessions.save(change, noon));
}

describeOnEachKind('session store', (database) => {
  const stores = () => ({
    sessions: createSessionStore(database(), { deviceClauses }),
    authorizationContexts: createAuthorizationContextStore(database()),
  });

  it('finds a session by its cookie value and its uid until it expires', async () => {
    const { sessions, authorizationContexts } = stores();
    const change = aChange({ authorizations: { app: { sid: 's', grantId: 'g' } } });

    await start(sessions, change);

    const found = await authorizationContexts.loadForSession(change.id, noon);
    assert.deepEqual(found?.session?.authorizations, { app: { sid: 's', grantId: 'g' } });
    assert.equal((await sessions.findByUid(change.uid, noon))?.userId, userId);
    assert.equal(await authorizationContexts.loadForSession(change.id, later(3601)), undefined);
    assert.equal(await authorizationContexts.loadForSession(change.uid, noon), undefined);
  });

  it('keeps the clients of concurrent writers', async () => {
    const { sessions } = stores();
    const change = aChange();
    await start(sessions, change);

    const names = Array.from({ length: 12 }, (_, number) => `app-${number}`);
    await Promise.all(
      names.map((name) =>
        sessions.save({ ...change, authorizations: { [name]: { sid: name } } }, later(1)),
      ),
    );

    const merged = (await sessions.findByUid(change.uid, later(1)))?.authorizations ?? {};
    assert.deepEqual(Object.keys(merged).toSorted(), names.toSorted());
  });

  it('accepts many concurrent writers while old versions of the row accumulate', async () => {
    const { sessions } = stores();
    const change = aChange();
    await start(sessions, change);
    // The embedded database runs one statement at a time.
    const isConcurrent = database().kind === 'postgres';
    const rounds = Array.from({ length: isConcurrent ? 250 : 0 }, (_, round) => round);
    const write = async () => {
      for (const round of rounds) {
        assert.ok(await sessions.save({ ...change, expiresAt: later(100 + round) }, later(1)));
      }
    };

    await database().transaction(async (tx) => {
      await tx.raw('set transaction isolation level repeatable read');
      await tx.raw('select 1 from sessions');
      await Promise.all(Array.from({ length: 7 }, write));
    });
  });

  it('removes only the client that a writer removed', async () => {
    const { sessions } = stores();
    const change = aChange({ authorizations: { stays: { sid: '1' }, goes: { sid: '2' } } });
    await start(sessions, change);

    const authorizations = { stays: { sid: '1' } };
    await sessions.save({ ...change, authorizations, removedClientIds: ['goes'] }, later(1));

    assert.deepEqual((await sessions.findByUid(change.uid, noon))?.authorizations, authorizations);
  });

  it('finds a session only by the new cookie value after a replacement', async () => {
    const { sessions, authorizationContexts } = stores();
    const old = aChange();
    await start(sessions, old);

    await sessions.save({ ...old, id: 'fresh value', replacedId: old.id }, later(1));

    assert.equal(await authorizationContexts.loadForSession(old.id, later(1)), undefined);
    assert.equal(
      (await authorizationContexts.loadForSession('fresh value', later(1)))?.session?.uid,
      old.uid,
    );
  });

  it('does not restore a replaced value, but keeps the client of that request', async () => {
    const { sessions, authorizationContexts } = stores();
    const old = aChange();
    await start(sessions, old);
    await sessions.save({ ...old, id: 'newest value', replacedId: old.id }, later(1));

    await sessions.save({ ...old, authorizations: { late: { sid: 's' } } }, later(2));

    assert.equal(await authorizationContexts.loadForSession(old.id, later(2)), undefined);
    const live = await authorizationContexts.loadForSession('newest value', later(2));
    assert.deepEqual(live?.session?.authorizations, { late: { sid: 's' } });
  });

  it('keeps a session revoked despite later writes', async () => {
    const { sessions, authorizationContexts } = stores();
    const change = aChange();
    await start(sessions, change);

    const end = (at: Date) => database().transaction((tx) => sessions.endById(change.id, at, tx));
    const ended = await end(later(1));
    const lateId = { ...change, id: 'another value', replacedId: change.id };
    const late = [await sessions.save(change, later(2)), await sessions.save(lateId, later(2))];

    assert.equal(ended?.uid, change.uid);
    assert.deepEqual(late, [undefined, undefined]);
    assert.equal(await end(later(3)), undefined);
    assert.equal(await authorizationContexts.loadForSession(change.id, later(3)), undefined);
    assert.equal(await authorizationContexts.loadForSession('another value', later(3)), undefined);
  });
});
