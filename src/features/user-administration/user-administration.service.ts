// Changes of an account by an operator. Each change locks the account and starts from what it
// contains then, so that concurrent changes of different values are all kept.
import type { Knex } from 'knex';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { canonicalEmail, checkEmail } from '#core/users/email-addresses.ts';
import { readStandardClaims, type StandardClaims, type User } from '#core/users/users.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import { isUniqueViolation, type Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import type { UserAdministrationStore } from './user-administration.store.ts';

export interface UserChange {
  /** New values by name; `null` removes a claim. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly email: string | undefined;
  /** Marks the address as verified, even if it is new. By default, a new address is unverified. */
  readonly isVerified: boolean;
  /** Called with the locked account before the change; throws to refuse it. */
  readonly check?: ((user: User, tx: Knex) => Promise<void>) | undefined;
}

export interface UserAdministrationDependencies {
  readonly db: Database;
  readonly rank: Rank;
  readonly accounts: UserAdministrationStore;
  readonly users: UserStore;
  readonly proofs: EmailTokens;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly now: () => Date;
}

export function createUserAdministration(dependencies: UserAdministrationDependencies) {
  const { db, rank, accounts, users, proofs, audit, invalidation, now } = dependencies;

  async function changeClaims(user: User, change: UserChange, by: AuditActor, tx: Knex) {
    const { id: userId, claims: before } = user;
    const claims = mergeClaims(before, change.claims);
    const members = Object.keys(change.claims).filter((name) => differs(before, claims, name));
    if (members.length === 0) return;
    await users.updateClaims(userId, claims, now(), tx);
    const details = { members };
    await audit.append({ event: 'profile.changed', actor: by, userId, details }, tx);
  }

  async function changeEmail(user: User, change: UserChange, by: AuditActor, tx: Knex) {
    const { id: userId } = user;
    const { email, key: emailKey } = readEmail(change.email ?? user.email);
    const isSame = email === user.email;
    const { isVerified } = change;
    if (isSame && (!isVerified || !(await accounts.verifyEmail(userId, now(), tx)))) return;
    if (!isSame) {
      // Codes and links sent to the previous mailbox must no longer give access.
      await proofs.endOfUser(userId, canonicalEmail(user.email), tx);
      await proofs.endRevertsToOthers(userId, emailKey, tx);
      await accounts.assignEmail(userId, { email, emailKey, at: now(), isVerified }, tx);
      const event = 'email.changed';
      await audit.append({ event, actor: by, userId, personal: { email } }, tx);
    }
    if (isVerified) await audit.append({ event: 'email.verified', actor: by, userId }, tx);
  }

  return {
    /** @throws AppError `user_not_found`, `invalid_input` or `email_taken` */
    async update(id: string, change: UserChange, by: AuditActor): Promise<User> {
      const changed = await db
        .transaction(async (tx) => {
          await rank.prove(by, { userId: id }, tx);
          const held = await accounts.hold(id, tx);
          const user = held ? await users.findById(id, tx) : undefined;
          if (!user) throw noSuchUser();
          await change.check?.(user, tx);
          await changeClaims(user, change, by, tx);
          await changeEmail(user, change, by, tx);
          return users.findById(id, tx);
        })
        .catch((error: unknown) => {
          if (!isUniqueViolation(error)) throw error;
          const message = 'There is already an account with this email address.';
          throw new AppError('email_taken', message, { cause: error });
        });
      if (!changed) throw noSuchUser();
      await invalidation.publish({ userId: id });
      return changed;
    },
  };
}

export type UserAdministration = ReturnType<typeof createUserAdministration>;

/** A phone number that changes is no longer verified, unless the change says so. */
function mergeClaims(
  before: StandardClaims,
  changes: Readonly<Record<string, unknown>>,
): StandardClaims {
  const { phone_number_verified: isProven, ...rest } = before;
  const keepsProof = isProven !== undefined && !('phone_number' in changes);
  const kept = keepsProof ? { ...rest, phone_number_verified: isProven } : rest;
  return readStandardClaims({ ...kept, ...changes });
}

function differs(before: StandardClaims, after: StandardClaims, name: string): boolean {
  const valueIn = (claims: StandardClaims) => JSON.stringify(Reflect.get(claims, name));
  return valueIn(before) !== valueIn(after);
}

function readEmail(text: string) {
  const checked = checkEmail(text);
  if (checked.ok) return checked;
  throw new AppError('invalid_input', 'The email address is not valid.');
}

function noSuchUser(): AppError {
  return new AppError('user_not_found', 'There is no account with this email address or id.');
}
