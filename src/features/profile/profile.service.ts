// Changes the standard claims that a user maintains. Clients receive those that their scopes cover.
import type { StandardClaims, User } from '#core/users/users.ts';
import { AppError, sessionRevoked } from '#platform/errors.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';

export interface ProfileDependencies {
  readonly db: Database;
  readonly users: UserStore;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly now: () => Date;
}

export function createProfile({ db, users, audit, invalidation, now }: ProfileDependencies) {
  return {
    /** Replaces all claims; a phone number that changes is no longer verified. */
    async change(user: User, wish: StandardClaims): Promise<void> {
      const { id: userId, claims: before } = user;
      const { phone_number_verified: _, ...rest } = wish;
      const isProven = before.phone_number_verified && before.phone_number === rest.phone_number;
      const claims = isProven ? { ...rest, phone_number_verified: true } : rest;
      const members = changedMembers(before, claims);
      if (members.length === 0) return;
      await db.transaction(async (tx) => {
        if (!(await users.holdUnrevoked(user, tx))) throw sessionRevoked();
        const found = await users.updateClaims(userId, claims, now(), tx);
        if (!found) throw new AppError('user_not_found', 'There is no such account.');
        const actor = { kind: 'user', id: userId } as const;
        await audit.append({ event: 'profile.changed', actor, userId, details: { members } }, tx);
      });
      await invalidation.publish({ userId });
    },
  };
}

export type Profile = ReturnType<typeof createProfile>;

/** Names only: the values are personal data and do not belong in the audit log. */
function changedMembers(before: StandardClaims, after: StandardClaims): readonly string[] {
  const was = new Map<string, unknown>(Object.entries(before));
  const is = new Map<string, unknown>(Object.entries(after));
  const names = new Set([...was.keys(), ...is.keys()]);
  return [...names].filter(
    (name) => JSON.stringify(was.get(name)) !== JSON.stringify(is.get(name)),
  );
}
