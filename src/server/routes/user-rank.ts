// A limited administrator cannot act on a user with more rights: every route of the management API that
// changes a user, or a session or grant of a user, named in its path refuses that, whichever capability
// it belongs to.
import {
  requireRankOverOwnerOf,
  type UserRankDependencies,
} from '#core/access-control/user-rank.service.ts';
import { problem } from '#http/api/responses.ts';
import type { Route } from '#http/api/route.ts';

/** Parameters of paths that lead to a user. */
const ownerParameters = ['userId', 'sessionUid', 'grantId'] as const;

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
          await requireRankOverOwnerOf(dependencies, actor.id ?? '', call.params);
        }
        return route.handle(call);
      },
    };
  });
}
