// The user store: values are returned unchanged, and single use is enforced.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '#platform/errors.ts';
import type { StandardClaims } from '#core/users/users.ts';
import { createPasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import { createRoleStore } from '#core/users/roles.store.ts';
import { createUserStore } from '#core/users/users.store.ts';
import { aUser, firstVersions, later, noon } from '#test/support/data/builders.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

const allClaims: Required<StandardClaims> = {
  name: 'Ann Example',
  given_name: 'Ann',
  family_name: 'Example',
  middle_name: 'O\'Neill \\ "Q"',
  nickname: 'Annie 😀',
  preferred_username: 'ann',
  profile: 'https://ann.example/',
  picture: 'https://ann.example/me.png',
  website: 'https://ann.example/blog',
  gender: 'female',
  birthdate: '0000-02-29',
  zoneinfo: 'Europe/Berlin',
  locale: 'de-AT',
  phone_number: '+49 30 1234567',
  phone_number_verified: false,
  address: { formatted: 'Street 1\nCity', country: 'DE' },
};

describeOnEachKind('user store', (database) => {
  it('returns every attribute unchanged', async () => {
    const users = createUserStore(database());
    const user = aUser({ emailVerifiedAt: later(1), claims: allClaims });

    await users.insert(user);

    assert.deepEqual(await users.findById(user.id), {
      id: user.id,
      email: user.email,
      emailVerified: true,
      claims: allClaims,
      blockedAt: undefined,
      blockedUntil: undefined,
      notBefore: undefined,
      ...firstVersions,
      roles: [],
      createdAt: noon,
      updatedAt: noon,
    });
  });

  it('finds a user by the canonical email address, and omits unset claims', async () => {
    const users = createUserStore(database());
    const user = aUser();

    await users.insert(user);

    const found = await users.findByEmailKey(user.emailKey);
    assert.equal(found?.id, user.id);
    assert.deepEqual(found.claims, {});
    assert.equal(await users.findByEmailKey(user.email), undefined);
  });

  it('finds no user by an unknown or malformed id', async () => {
    const users = createUserStore(database());

    const ids = ['8c0b4e3a-1111-4222-8333-444455556666', '', 'admin', "' or 1=1", 'a\0b'];

    for (const id of ids) assert.equal(await users.findById(id), undefined);
  });

  it('needs one statement for a sign-in, with or without a password', async () => {
    const db = database();
    const users = createUserStore(db);
    const [withPassword, without] = [aUser(), aUser()];
    await users.insert(withPassword);
    await users.insert(without);
    await createPasswordCredentialStore(db).set(withPassword.id, '$argon2id$x', noon);
    await createRoleStore(db).grant(withPassword.id, 'admin', noon);

    const before = db.statements();
    const facts = await users.findForSignIn(withPassword.emailKey);
    const statements = db.statements() - before;

    assert.equal(statements, 1);
    assert.equal(facts?.passwordHash, '$argon2id$x');
    assert.deepEqual(facts.user.roles, ['admin']);
    assert.deepEqual(facts.user, await users.findById(withPassword.id));
    assert.equal((await users.findForSignIn(without.emailKey))?.passwordHash, undefined);
    assert.equal(await users.findForSignIn('nobody@example.com'), undefined);
  });

  it('replaces the claims as a whole', async () => {
    const users = createUserStore(database());
    const user = aUser({ claims: allClaims });
    await users.insert(user);

    const changed = await users.updateClaims(user.id, { name: 'Ann Other' }, later(60));

    const found = await users.findById(user.id);
    assert.equal(changed, true);
    assert.deepEqual(found?.claims, { name: 'Ann Other' });
    assert.deepEqual(found.updatedAt, later(60));
    assert.equal(await users.updateClaims(aUser().id, {}, noon), false);
  });

  it('verifies the current address, and reports the first verification only once', async () => {
    const db = database();
    const users = createUserStore(db);
    const user = aUser();
    await users.insert(user);

    const outcomes = [
      await users.proveEmail(user.id, 'earlier@example.com', later(1), db.knex),
      await users.proveEmail(user.id, user.emailKey, later(2), db.knex),
      await users.proveEmail(user.id, user.emailKey, later(3), db.knex),
    ];

    assert.deepEqual(outcomes, [undefined, 'first', 'again']);
    assert.equal((await users.findById(user.id))?.emailVerified, true);
  });

  it('refuses a duplicate address, after which the transaction can continue', async () => {
    const db = database();
    const users = createUserStore(db);
    const [first, other] = [aUser(), aUser()];
    await users.insert(first);

    await db.transaction(async (tx) => {
      await assert.rejects(users.insert(aUser({ email: first.email }), tx), isEmailTaken);
      await users.insert(other, tx);
    });

    assert.equal((await users.findById(other.id))?.id, other.id);
  });

  it('creates one user for concurrent registrations with the same address', async () => {
    const users = createUserStore(database());
    const email = aUser().email;

    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => users.insert(aUser({ email }))),
    );

    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
    assert.equal(refusals.length, 19);
    assert.ok(refusals.every(({ reason }) => isEmailTaken(reason)));
  });

  describe('with a password', () => {
    it('keeps one password per user, the latest', async () => {
      const db = database();
      const users = createUserStore(db);
      const passwords = createPasswordCredentialStore(db);
      const user = aUser();
      await users.insert(user);

      await passwords.set(user.id, 'first', noon);
      await passwords.set(user.id, 'second', later(1));

      assert.equal((await users.findForSignIn(user.emailKey))?.passwordHash, 'second');
    });

    it('does not restore an earlier password by rehashing it', async () => {
      const db = database();
      const users = createUserStore(db);
      const passwords = createPasswordCredentialStore(db);
      const user = aUser();
      await users.insert(user);
      await passwords.set(user.id, 'weak', noon);

      assert.equal(await passwords.replaceHash(user.id, 'weak', 'strong'), true);
      await passwords.set(user.id, 'changed', later(1));
      assert.equal(await passwords.replaceHash(user.id, 'strong', 'stronger'), false);

      assert.equal((await users.findForSignIn(user.emailKey))?.passwordHash, 'changed');
    });
  });
});

function isEmailTaken(error: unknown): boolean {
  return error instanceof AppError && error.code === 'email_taken';
}
