// Loads the status of user, client, grant and session for every request. Introspection may use a
// copy up to one second old, which is dropped as soon as any node publishes a change.
import { isActive, type SubjectStatus } from './subject-status.ts';
import type { Client } from '#core/clients/clients.ts';
import type {
  AuthorizationContextIds,
  AuthorizationContext,
  AuthorizationContextStore,
} from './authorization-context.store.ts';
import type { Invalidation } from './invalidation.service.ts';
import { noteLogSubject } from '#platform/logging/log-scope.ts';
import { createTtlCache } from '#platform/ttl-cache.ts';

/** The cache subject of contexts without a user. */
const noUser = '';

export interface SubjectStatusDependencies {
  readonly authorizationContexts: AuthorizationContextStore;
  readonly invalidation: Invalidation;
  readonly lookedUp?: (isHit: boolean) => void;
  readonly now: () => Date;
}

export function createSubjectStatus({
  authorizationContexts,
  invalidation,
  lookedUp,
  now,
}: SubjectStatusDependencies) {
  function load(ids: AuthorizationContextIds): Promise<AuthorizationContext> {
    noteLogSubject(ids);
    return authorizationContexts.load(ids, now());
  }

  function loadUrgently(ids: AuthorizationContextIds): Promise<AuthorizationContext> {
    return authorizationContexts.load(ids, now(), { isUrgent: true });
  }

  // A key is a JSON list of ids, so that no two lists of ids share a key.
  const recalled = createTtlCache<AuthorizationContext>({
    load: (key) => {
      const [userId, grantId, sessionUid] = JSON.parse(key) as (string | null)[]; // written below
      return loadUrgently({
        userId: userId ?? undefined,
        grantId: grantId ?? undefined,
        sessionUid: sessionUid ?? undefined,
      });
    },
    lookedUp,
    now,
  });

  invalidation.subscribe(({ userId, tokenId, clientId }) => {
    if (userId === undefined && clientId === undefined && tokenId !== undefined) return;
    recalled.forget(userId);
    recalled.forget(noUser);
  });

  return {
    load,
    /** Like `load`, but the result may be up to one second old. For introspection only. */
    async loadCached(ids: AuthorizationContextIds): Promise<AuthorizationContext> {
      const { userId, grantId, sessionUid } = ids;
      noteLogSubject(ids);
      const key = JSON.stringify([userId ?? null, grantId ?? null, sessionUid ?? null]);
      const context = await recalled.get(key, userId ?? noUser);
      // It also depends on the administrator, whose changes do not invalidate a copy of the user.
      return context.session?.impersonation ? loadUrgently(ids) : context;
    },
    /** `user` is `null` when no user is involved. */
    isActive(
      facts: Pick<AuthorizationContext, 'notBefore'> & { user: SubjectStatus | undefined | null },
      client: Client | undefined | null,
      issuedAt: Date,
    ): boolean {
      const { user, notBefore } = facts;
      return isActive(
        { user, client: client && statusOfClient(client), notBefore },
        { issuedAt, at: now() },
      );
    },
  };
}

export type SubjectStatusService = ReturnType<typeof createSubjectStatus>;

function statusOfClient(client: Client): SubjectStatus {
  return { blockedAt: client.disabledAt, notBefore: client.notBefore };
}
