// A limited administrator cannot act on a user with more rights, nor on a session or grant of such a
// user (decision 0027).
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { AppError } from '#platform/errors.ts';
import type { AccessControl } from './access-control.service.ts';

export interface UserRankDependencies {
  readonly accessControl: AccessControl;
  readonly subjectStatus: SubjectStatusService;
}

/** What belongs to a user: one of them is named. */
export interface OwnedThing {
  readonly userId?: string | undefined;
  readonly sessionUid?: string | undefined;
  readonly grantId?: string | undefined;
}

/**
 * What does not exist is reported by the act itself.
 * @throws AppError `forbidden` if the owner has a right that the administrator does not have
 */
export async function requireRankOverOwnerOf(
  dependencies: UserRankDependencies,
  administratorId: string,
  thing: OwnedThing,
): Promise<void> {
  const ownerId = await ownerOf(dependencies, thing);
  if (ownerId !== undefined) await requireRank(dependencies, administratorId, ownerId);
}

/** The user of whom the id, a session or a grant is named. */
async function ownerOf(
  { subjectStatus }: UserRankDependencies,
  { userId, sessionUid, grantId }: OwnedThing,
): Promise<string | undefined> {
  if (userId !== undefined) return userId;
  const { session, grant } = await subjectStatus.load({ userId, sessionUid, grantId });
  return session?.userId ?? grant?.userId;
}

async function requireRank(
  { accessControl, subjectStatus }: UserRankDependencies,
  administratorId: string,
  userId: string,
): Promise<void> {
  if (administratorId === userId) return;
  const rightsOf = async (id: string) => {
    const ids = { userId: id, grantId: undefined, sessionUid: undefined };
    return accessControl.rightsOf((await subjectStatus.load(ids)).assignments);
  };
  const [own, others] = await Promise.all([rightsOf(administratorId), rightsOf(userId)]);
  if ([...others].every((scope) => own.has(scope))) return;
  throw new AppError('forbidden', 'This user has rights that you do not have yourself.');
}
