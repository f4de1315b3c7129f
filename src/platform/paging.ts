// Lists page by page: a page ends at a position, and the next one begins behind it. Positions are
// values of the columns the list is ordered by, so nothing is skipped or shown twice when rows come
// and go meanwhile. How a position travels to the reader and back is http/api/cursors.ts.

/** The values of the ordering columns, as text. */
export type Position = readonly string[];

export interface PageRequest {
  /** The end of the page before; `undefined`: from the start. */
  readonly after: Position | undefined;
  readonly limit: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** `undefined`: there is nothing more. */
  readonly next: Position | undefined;
}

/** Makes a page of rows that were asked for with one more than fits. */
export function cutPage<Item>(
  rows: readonly Item[],
  limit: number,
  positionOf: (item: Item) => Position,
): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && rows.length > limit ? positionOf(last) : undefined };
}
