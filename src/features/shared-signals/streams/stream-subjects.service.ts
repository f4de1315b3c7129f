// Subjects that a receiver adds to its stream or removes from it (SSF 1.0 §8.1.3). Initially, a stream covers
// all users of its client. The response is the same whether or not the user exists, so that a receiver cannot
// find out who has an account.
import { checkEmail } from '#core/users/email-addresses.ts';
import type { SubjectName } from '#core/users/subject-identifiers.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { isUuid } from '#platform/uuid.ts';
import type { SignalSubjectStore } from '#features/shared-signals/events/signal-subjects.store.ts';
import type { StreamService } from './streams.service.ts';

export interface StreamSubjectDependencies {
  readonly streamService: StreamService;
  readonly signalSubjects: SignalSubjectStore;
  readonly users: UserStore;
  readonly issuer: string;
  readonly now: () => Date;
}

export function createStreamSubjects(dependencies: StreamSubjectDependencies) {
  const { streamService, signalSubjects, now } = dependencies;

  return {
    /** @throws AppError `not_found` if the receiver has no such stream */
    async add(clientId: string, streamId: string, names: readonly SubjectName[]): Promise<void> {
      await streamService.find(clientId, streamId);
      for (const userId of await findUsers(dependencies, names)) {
        await signalSubjects.restore(streamId, userId);
      }
    },
    /** @throws AppError `not_found` if the receiver has no such stream */
    async remove(clientId: string, streamId: string, names: readonly SubjectName[]): Promise<void> {
      await streamService.find(clientId, streamId);
      for (const userId of await findUsers(dependencies, names)) {
        await signalSubjects.remove(streamId, userId, now());
      }
    },
  };
}

export type StreamSubjects = ReturnType<typeof createStreamSubjects>;

async function findUsers(
  { users, issuer }: StreamSubjectDependencies,
  names: readonly SubjectName[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const name of names) {
    const user =
      name.format === 'email'
        ? await findByEmail(users, name.email)
        : await findById(users, name, issuer);
    if (user) found.add(user.id);
  }
  return found;
}

async function findById(
  users: UserStore,
  name: Exclude<SubjectName, { format: 'email' }>,
  issuer: string,
) {
  if (name.format === 'iss_sub' && name.iss !== issuer) return undefined;
  const id = name.format === 'opaque' ? name.id : name.sub;
  return isUuid(id) ? users.findById(id) : undefined;
}

async function findByEmail(users: UserStore, email: string) {
  const address = checkEmail(email);
  return address.ok ? users.findByEmailKey(address.key) : undefined;
}
