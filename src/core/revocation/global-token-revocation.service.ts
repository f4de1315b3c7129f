// Global Token Revocation (draft-parecki-oauth-global-token-revocation): a trusted caller names a
// user, and every session, grant and token of that user is revoked. The user may sign in again.
import type { AuditActor } from '#core/audit/audit.ts';
import { checkEmail } from '#core/users/email-addresses.ts';
import { AppError } from '#platform/errors.ts';
import type { Receipt } from './receipts.ts';
import type { SubjectName } from '#core/users/subject-identifiers.ts';
import type { User } from '#core/users/users.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Blocking } from './revocation.service.ts';

export interface GlobalRevocationDependencies {
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly issuer: string;
}

export function createGlobalRevocation(dependencies: GlobalRevocationDependencies) {
  const { users, blocking, issuer } = dependencies;

  /** All users have this issuer; a subject of another issuer is not found. */
  async function find(name: SubjectName): Promise<User | undefined> {
    if (name.format === 'opaque') return users.findById(name.id);
    if (name.format === 'iss_sub') {
      return name.iss === issuer ? users.findById(name.sub) : undefined;
    }
    const email = checkEmail(name.email);
    if (email.ok) return users.findByEmailKey(email.key);
    throw new AppError('invalid_input', 'email must be one plain email address.');
  }

  return {
    /**
     * All names must identify the same subject (RFC 9493 §3.2.8).
     * @throws AppError `user_not_found`, or `ambiguous_subject` when they identify several users
     */
    async revoke(names: readonly SubjectName[], by: AuditActor): Promise<Receipt> {
      const found = await Promise.all(names.map(find));
      const ids = new Set(found.flatMap((user) => (user ? [user.id] : [])));
      const [id, ...others] = ids;
      if (id === undefined) throw new AppError('user_not_found', 'User not found.');
      if (others.length > 0) {
        throw new AppError('ambiguous_subject', 'The identifiers belong to more than one user.');
      }
      return blocking.revokeEverythingOf(id, by);
    },
  };
}

export type GlobalRevocation = ReturnType<typeof createGlobalRevocation>;
