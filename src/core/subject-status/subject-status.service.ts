// Who may act, asked at every door: loads the facts, remembers them for at most a second where a
// door is hot, and forgets them as soon as any node says that they have changed.
import { mayAct, type SubjectStanding } from './subject-status.ts';
import type { Client } from '#core/clients/clients.ts';
import type { ActorIds, Actors, ActorStore } from './authorization-context.store.ts';
import type { Changes } from './invalidation.service.ts';
import { createRecall } from '#platform/ttl-cache.ts';

/** Whom facts are about in which no person is named. */
const nobody = '';

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

  // A key is a list of ids, so that no id can be read as a part of another.
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
    recalled.forget(nobody);
  });

  return {
    load,
    /** As `load`, but the answer may be up to a second old: for introspection. */
    recall({ userId, grantId, sessionUid }: ActorIds): Promise<Actors> {
      const key = JSON.stringify([userId ?? null, grantId ?? null, sessionUid ?? null]);
      return recalled.get(key, userId ?? nobody);
    },
    /** `user` is `null` where no person is involved. */
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
