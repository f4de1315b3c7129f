// A limited administrator cannot act on those with more rights, whichever capability a route belongs
// to: on a user, on a session or grant of a user, or on a client that is registered for scopes of the
// management API. Nor can it register a client for more than its own rights.
import type { AccessControl } from '#core/access-control/access-control.service.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import { managementScopes, splitScope } from '#core/clients/scopes.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { AppError } from '#platform/errors.ts';
import { problem } from '#http/api/responses.ts';
import type { Call, Route } from '#http/api/route.ts';

export interface RankDependencies {
  readonly accessControl: AccessControl;
  readonly clientStore: ClientStore;
  readonly subjectStatus: SubjectStatusService;
}

type AnyCall = Call<string, unknown, unknown>;

/** Parameters of paths that lead to a user. */
const ownerParameters = ['userId', 'sessionUid', 'grantId'] as const;

/** Adds the check to every route that changes a user or a client. */
export function protectHigherRank(
  dependencies: RankDependencies,
  routes: readonly Route[],
): readonly Route[] {
  return routes.map((route) => {
    const isOfUser = ownerParameters.some((name) => Object.hasOwn(route.params, name));
    const isOfClient = /^\/clients(\/|$)/.test(route.path);
    if (route.method === 'GET' || !(isOfUser || isOfClient)) return route;
    return {
      ...route,
      responses: { ...route.responses, 403: problem('forbidden') },
      async handle(call) {
        if (call.caller.actor.kind === 'user') {
          if (isOfUser) await requireRankOfOwner(dependencies, call);
          if (isOfClient) await requireRankOfClient(dependencies, call);
        }
        return route.handle(call);
      },
    };
  });
}

/** @throws AppError `forbidden` if the user has a right that the administrator does not have */
async function requireRankOfOwner(
  dependencies: RankDependencies,
  { caller, params }: AnyCall,
): Promise<void> {
  const userId = await ownerOf(dependencies, params);
  if (userId === undefined || userId === caller.actor.id) return;
  await requireRights(dependencies, caller.actor.id, await rightsOf(dependencies, userId));
}

/**
 * An administrator who can change a client can act as that client.
 * @throws AppError `forbidden` if the client has, or would have, more rights
 */
async function requireRankOfClient(
  dependencies: RankDependencies,
  { caller, params, body }: AnyCall,
): Promise<void> {
  const { clientId } = params;
  const client = clientId === undefined ? undefined : await dependencies.clientStore.find(clientId);
  const requested = typeof body === 'object' && body !== null && 'scope' in body ? body.scope : '';
  const registered = [...splitScope(client?.metadata['scope']), ...splitScope(requested)];
  const management: ReadonlySet<string> = new Set(managementScopes);
  const involved = new Set(registered.filter((scope) => management.has(scope)));
  if (involved.size > 0) await requireRights(dependencies, caller.actor.id, involved);
}

/** The user of whom the path names the id, a session or a grant. */
async function ownerOf(
  { subjectStatus }: RankDependencies,
  { userId, sessionUid, grantId }: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  if (userId !== undefined) return userId;
  const { session, grant } = await subjectStatus.load({ userId, sessionUid, grantId });
  return session?.userId ?? grant?.userId;
}

async function rightsOf(
  { accessControl, subjectStatus }: RankDependencies,
  userId: string,
): Promise<ReadonlySet<string>> {
  const ids = { userId, grantId: undefined, sessionUid: undefined };
  return accessControl.rightsOf((await subjectStatus.load(ids)).assignments);
}

async function requireRights(
  dependencies: RankDependencies,
  administratorId: string | undefined,
  involved: ReadonlySet<string>,
): Promise<void> {
  const own = await rightsOf(dependencies, administratorId ?? '');
  if ([...involved].every((scope) => own.has(scope))) return;
  throw new AppError('forbidden', 'This involves rights that you do not have yourself.');
}
