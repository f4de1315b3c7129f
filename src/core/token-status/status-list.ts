// A status list (draft-ietf-oauth-status-list): one bit per token, set if the token is revoked. The index of
// a token is its place.
import { deflateSync } from 'node:zlib';

/** Addresses below the issuer. */
export const statusListsPath = '/oauth2/status-lists';

/**
 * Number of places in a list. Unused places cost nothing once compressed. Few places are used, chosen at
 * random, so that they reveal neither the order nor the number of tokens.
 */
export const listSize = 65_536;
/** Maximum number of rows that a query for one list reads. */
export const maxUsedPlaces = listSize / 8;

/** How long an API may use a list before it must read the list again (`ttl`). */
export const listTtlSeconds = 5;

/** How long a list is valid (`exp`). */
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
