// Where lists begin that are ordered by a time and an id: a position that stands in front of every
// row, so that the first page is asked for like all others and one plan serves them all.
import type { Position } from '#platform/paging.ts';

const nilUuid = '00000000-0000-0000-0000-000000000000';

/** By the type of the id; the time alone decides, as no row has it. */
export const newestFirst = {
  text: ['infinity', ''],
  uuid: ['infinity', nilUuid],
} as const satisfies Record<string, Position>;
