// Global Token Revocation (draft-parecki-oauth-global-token-revocation): a trusted party names one
// of our people, and everything that stands on the account ends; the person signs in again.
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

  /** People are ours: a subject of another issuer is known to us under no name yet. */
  async function find(name: SubjectName): Promise<User | undefined> {
    if (name.format === 'opaque') return users.findById(name.id);
    if (name.format === 'iss_sub') {
      return name.iss === issuer ? users.findById(name.sub) : undefined;
    }
    const email = checkEmail(name.email);
    if (email.ok) return users.findByEmailKey(email.key);
    throw new AppError('invalid_input', 'email must be one plain e-mail address.');
  }

  return {
    /**
     * All names are of one subject (RFC 9493 3.2.8).
     * @throws AppError `user_not_found`, or `ambiguous_subject` when they are of several people
     */
    async revoke(names: readonly SubjectName[], by: AuditActor): Promise<Receipt> {
      const found = await Promise.all(names.map(find));
      const ids = new Set(found.flatMap((user) => (user ? [user.id] : [])));
      const [id, ...others] = ids;
      if (id === undefined) throw new AppError('user_not_found', 'There is no such person.');
      if (others.length > 0) {
        throw new AppError('ambiguous_subject', 'The identifiers are of more than one person.');
      }
      return blocking.revokeEverythingOf(id, by);
    },
  };
}

export type GlobalRevocation = ReturnType<typeof createGlobalRevocation>;
