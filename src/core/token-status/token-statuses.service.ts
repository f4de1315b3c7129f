// Gives each JWT access token a place in a status list. A list belongs to one process, which chooses the
// places in memory, so nodes share no row and no statement searches for a free place.
import { randomInt, randomUUID } from 'node:crypto';
import { listSize, maxUsedPlaces, statusListUri, type StatusReference } from './status-list.ts';
import type { ListedToken, TokenStatusStore } from './token-statuses.store.ts';

/** A list gets no new tokens after this time, so that it expires with the last of them. */
const openMilliseconds = 60 * 60 * 1000;

export interface TokenStatusDependencies {
  readonly store: TokenStatusStore;
  readonly issuer: string;
  readonly now: () => Date;
}

/** The claim of a token (draft-ietf-oauth-status-list §6.1). */
export interface StatusClaim {
  readonly status_list: { readonly idx: number; readonly uri: string };
}

export function createTokenStatuses({ store, issuer, now }: TokenStatusDependencies) {
  const nextPlace = createPlaces(now);
  return {
    /** Lists a token before it is issued. */
    async list(token: Omit<ListedToken, keyof StatusReference>): Promise<StatusClaim> {
      const { listId, place } = nextPlace();
      await store.add({ ...token, listId, place });
      return { status_list: { idx: place, uri: statusListUri(issuer, listId) } };
    },
  };
}

export type TokenStatuses = ReturnType<typeof createTokenStatuses>;

function createPlaces(now: () => Date): () => StatusReference {
  let listId = '';
  let openUntil = 0;
  let used = new Set<number>();

  return () => {
    if (used.size >= maxUsedPlaces || now().getTime() >= openUntil) {
      listId = randomUUID();
      openUntil = now().getTime() + openMilliseconds;
      used = new Set();
    }
    let place = randomInt(listSize);
    while (used.has(place)) place = randomInt(listSize);
    used.add(place);
    return { listId, place };
  };
}
