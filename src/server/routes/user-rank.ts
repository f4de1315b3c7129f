// A limited administrator cannot act on a user with more rights: every route of the management API that
// changes a user named in its path refuses that, whichever capability it belongs to.
import type { AccessControl } from '#core/access-control/access-control.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { AppError } from '#platform/errors.ts';
import { problem } from '#http/api/responses.ts';
import type { Route } from '#http/api/route.ts';

export interface UserRankDependencies {
  readonly accessControl: AccessControl;
  readonly subjectStatus: SubjectStatusService;
}

export function protectUsersOfHigherRank(
  dependencies: UserRankDependencies,
  routes: readonly Route[],
): readonly Route[] {
  return routes.map((route) => {
    if (route.method === 'GET' || !Object.hasOwn(route.params, 'userId')) return route;
    return {
      ...route,
      responses: { ...route.responses, 403: problem('forbidden') },
      async handle(call) {
        const { actor } = call.caller;
        const { userId = '' } = call.params;
        if (actor.kind === 'user' && actor.id !== userId) {
          await requireRank(dependencies, actor.id ?? '', userId);
        }
        return route.handle(call);
      },
    };
  });
}

/** @throws AppError `forbidden` if the user has a right that the administrator does not have */
async function requireRank(
  { accessControl, subjectStatus }: UserRankDependencies,
  administratorId: string,
  userId: string,
): Promise<void> {
  const rightsOf = async (id: string) => {
    const ids = { userId: id, grantId: undefined, sessionUid: undefined };
    return accessControl.rightsOf((await subjectStatus.load(ids)).assignments);
  };
  const [own, others] = await Promise.all([rightsOf(administratorId), rightsOf(userId)]);
  if ([...others].every((scope) => own.has(scope))) return;
  throw new AppError('forbidden', 'This user has rights that you do not have yourself.');
}
