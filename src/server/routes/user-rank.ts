// Refuses early what the write would refuse: every route of the management API that changes a user, a user's
// session or grant, or a client named in its path compares the rights of the caller with those of the target,
// whichever feature it belongs to. The write proves this again.
import type { Rank } from '#core/access-control/rank.service.ts';
import { problem } from '#http/api/responses.ts';
import type { Route } from '#http/api/route.ts';

/** Parameters of paths that lead to a user or client. */
const targetParameters = ['userId', 'sessionUid', 'grantId', 'clientId'] as const;

export function protectHigherRank({ rank }: { readonly rank: Rank }, routes: readonly Route[]) {
  return routes.map((route): Route => {
    const hasTarget = targetParameters.some((name) => Object.hasOwn(route.params, name));
    if (route.method === 'GET' || !hasTarget) return route;
    return {
      ...route,
      responses: { ...route.responses, 403: problem('forbidden') },
      async handle(call) {
        await rank.check(call.caller.actor, call.params);
        return route.handle(call);
      },
    };
  });
}
