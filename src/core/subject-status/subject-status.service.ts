// Loads the status of user, client, grant and session for every request. Introspection may use a
// copy up to one second old, which is dropped as soon as any node publishes a change.
import { mayAct, type SubjectStanding } from './subject-status.ts';
import type { Client } from '#core/clients/clients.ts';
import type { ActorIds, Actors, ActorStore } from './authorization-context.store.ts';
import type { Changes } from './invalidation.service.ts';
import { createRecall } from '#platform/ttl-cache.ts';

/** The cache subject of contexts without a user. */
const noUser = '';

export interface StandingDependencies {
  readonly actors: ActorStore;
  readonly changes: Changes;
  readonly now: () => Date;
}

export function createStanding({ actors, changes, now }: StandingDependencies) {
  function load(ids: ActorIds): Promise<Actors> {
    return actors.load(ids, now());
  }

  function loadUrgently(ids: ActorIds): Promise<Actors> {
    return actors.load(ids, now(), { isUrgent: true });
  }

  // A key is a JSON list of ids, so that no two lists of ids share a key.
  const recalled = createRecall<Actors>({
    load: (key) => {
      const [userId, grantId, sessionUid] = JSON.parse(key) as (string | null)[]; // written below
      return loadUrgently({
        userId: userId ?? undefined,
        grantId: grantId ?? undefined,
        sessionUid: sessionUid ?? undefined,
      });
    },
    now,
  });

  changes.onChange(({ userId, tokenId, clientId }) => {
    if (userId === undefined && clientId === undefined && tokenId !== undefined) return;
    recalled.forget(userId);
    recalled.forget(noUser);
  });

  return {
    load,
    /** Like `load`, but the result may be up to one second old. For introspection only. */
    recall({ userId, grantId, sessionUid }: ActorIds): Promise<Actors> {
      const key = JSON.stringify([userId ?? null, grantId ?? null, sessionUid ?? null]);
      return recalled.get(key, userId ?? noUser);
    },
    /** `user` is `null` when no user is involved. */
    mayAct(
      facts: Pick<Actors, 'notBefore'> & { user: SubjectStanding | undefined | null },
      client: Client | undefined | null,
      issuedAt: Date,
    ): boolean {
      const { user, notBefore } = facts;
      return mayAct(
        { user, client: client && clientStanding(client), notBefore },
        { issuedAt, at: now() },
      );
    },
  };
}

export type StandingService = ReturnType<typeof createStanding>;

function clientStanding(client: Client): SubjectStanding {
  return { blockedAt: client.disabledAt, notBefore: client.notBefore };
}
