// Changes the standard claims that a user maintains. Clients receive those that their scopes cover.
import type { Knex } from 'knex';
import type { ProfileClaim, ProfileClaims } from '#config/kinds/profile-claims.ts';
import type { SignedInUser, StandardClaims } from '#core/users/users.ts';
import { AppError } from '#platform/errors.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';

/** New values by claim; `undefined` removes a claim, and a claim that is absent stays. */
export type ProfileChange = { readonly [Name in ProfileClaim]?: StandardClaims[Name] | undefined };

/** A write that belongs to the change. */
type Alongside = (tx: Knex) => Promise<void>;

export interface ProfileDependencies {
  readonly db: Database;
  readonly users: UserStore;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  /** What users may change. */
  readonly access: ProfileClaims;
  readonly now: () => Date;
}

export function createProfile({
  db,
  users,
  audit,
  invalidation,
  access,
  now,
}: ProfileDependencies) {
  async function write(user: SignedInUser, change: ProfileChange, tx: Knex): Promise<boolean> {
    await users.requireUnrevoked(user, tx);
    // The row is locked: another page may have saved other claims since the user was read.
    const current = await users.findById(user.id, tx);
    if (!current) throw new AppError('user_not_found', 'User not found.');
    const claims = mergeClaims(current.claims, change);
    const members = changedMembers(current.claims, claims);
    if (members.length === 0) return false;
    await users.updateClaims(user.id, claims, now(), tx);
    const actor = { kind: 'user', id: user.id } as const;
    const details = { members };
    await audit.append({ event: 'profile.changed', actor, userId: user.id, details }, tx);
    return true;
  }

  return {
    /**
     * Changes these claims only.
     * @throws AppError `forbidden` for a claim that users may not change; `session_expired`
     */
    async change(user: SignedInUser, change: ProfileChange, alongside?: Alongside): Promise<void> {
      const forbidden = changedNames(change).find((name) => access[name] !== 'edit');
      if (forbidden !== undefined)
        throw new AppError('forbidden', `${forbidden} can only be changed by an operator.`);
      const isChanged = await db.transaction(async (tx) => {
        const written = await write(user, change, tx);
        await alongside?.(tx);
        return written;
      });
      if (isChanged) await invalidation.publish({ userId: user.id });
    },
  };
}

export type Profile = ReturnType<typeof createProfile>;

function changedNames(change: ProfileChange): readonly ProfileClaim[] {
  // Object.keys returns string[]; the type has no other members.
  return Object.keys(change) as ProfileClaim[];
}

/** A phone number that changes is no longer verified. */
function mergeClaims(before: StandardClaims, change: ProfileChange): StandardClaims {
  const { phone_number_verified: isProven, ...merged } = { ...before, ...change };
  const keepsProof = isProven !== undefined && before.phone_number === merged.phone_number;
  const all = keepsProof ? { ...merged, phone_number_verified: isProven } : merged;
  const present = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present);
}

/** Names only: the values are personal data and do not belong in the audit log. */
function changedMembers(before: StandardClaims, after: StandardClaims): readonly string[] {
  const was = new Map<string, unknown>(Object.entries(before));
  const is = new Map<string, unknown>(Object.entries(after));
  const names = new Set([...was.keys(), ...is.keys()]);
  return [...names].filter(
    (name) => JSON.stringify(was.get(name)) !== JSON.stringify(is.get(name)),
  );
}
