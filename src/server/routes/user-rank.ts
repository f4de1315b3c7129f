// A limited administrator cannot act on a user with more rights: every route of the management API that
// changes a user, or a session or grant of a user, named in its path refuses that, whichever capability
// it belongs to.
import type { AccessControl } from '#core/access-control/access-control.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { AppError } from '#platform/errors.ts';
import { problem } from '#http/api/responses.ts';
import type { Route } from '#http/api/route.ts';

/** Parameters of paths that lead to a user. */
const ownerParameters = ['userId', 'sessionUid', 'grantId'] as const;

export interface UserRankDependencies {
  readonly accessControl: AccessControl;
  readonly subjectStatus: SubjectStatusService;
}

export function protectUsersOfHigherRank(
  dependencies: UserRankDependencies,
  routes: readonly Route[],
): readonly Route[] {
  return routes.map((route) => {
    const isOfUser = ownerParameters.some((name) => Object.hasOwn(route.params, name));
    if (route.method === 'GET' || !isOfUser) return route;
    return {
      ...route,
      responses: { ...route.responses, 403: problem('forbidden') },
      async handle(call) {
        const { actor } = call.caller;
        if (actor.kind === 'user') {
          const userId = await ownerOf(dependencies, call.params);
          if (userId !== undefined) await requireRank(dependencies, actor.id ?? '', userId);
        }
        return route.handle(call);
      },
    };
  });
}

/** The user of whom the path names the id, a session or a grant. */
async function ownerOf(
  { subjectStatus }: UserRankDependencies,
  { userId, sessionUid, grantId }: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  if (userId !== undefined) return userId;
  const { session, grant } = await subjectStatus.load({ userId, sessionUid, grantId });
  return session?.userId ?? grant?.userId;
}

/** @throws AppError `forbidden` if the user has a right that the administrator does not have */
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
