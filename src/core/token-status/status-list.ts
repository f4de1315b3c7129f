// A status list (draft-ietf-oauth-status-list): one bit for each place, set if the token there is revoked.
import { deflateSync } from 'node:zlib';

/** Addresses below the issuer. */
export const statusListsPath = '/oauth2/status-lists';

/**
 * Places of a list. Compressed, the unused places cost nothing; places are taken at random, and few of
 * them, so that they show neither the order nor the number of the tokens.
 */
export const listSize = 65_536;
/** The rows that a query of one list reads at most. */
export const maxUsedPlaces = listSize / 8;

/** How long an API may use a list before it reads it again. */
export const listTtlSeconds = 5;

/** A list that is not read again is invalid after this time. */
export const listLifetimeSeconds = 15 * 60;

/** An unchanged list keeps its signature for this time. */
export const resignSeconds = 5 * 60;

export interface StatusReference {
  readonly listId: string;
  readonly place: number;
}

export function statusListUri(issuer: string, listId: string): string {
  return `${issuer}${statusListsPath}/${listId}`;
}

/** The member `status_list` of the list: the lowest bit of a byte is its first place. */
export function encodeStatusList(revokedPlaces: readonly number[]): { bits: 1; lst: string } {
  const bytes = Buffer.alloc(listSize / 8);
  for (const place of revokedPlaces) {
    const at = Math.floor(place / 8);
    bytes[at] = (bytes[at] ?? 0) | (1 << (place % 8));
  }
  return { bits: 1, lst: deflateSync(bytes, { level: 9 }).toString('base64url') };
}
