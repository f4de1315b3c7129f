// Start positions of lists that are ordered by time and id. They precede every row, so that the
// first page uses the same statement and plan as all others.
import type { Position } from '#platform/paging.ts';

const nilUuid = '00000000-0000-0000-0000-000000000000';

/** By the type of the id. The id is never compared, because no row has the time `infinity`. */
export const newestFirst = {
  text: ['infinity', ''],
  uuid: ['infinity', nilUuid],
} as const satisfies Record<string, Position>;
