// Keyset pagination: a page ends at a position, and the next page begins after it. A position
// consists of the values of the ordering columns, so no row is skipped or repeated when rows are
// added or removed. Positions are encoded for clients in http/api/cursors.ts.

/** Values of the ordering columns, as text. */
export type Position = readonly string[];

export interface PageRequest {
  /** Position at which the previous page ended; `undefined` for the first page. */
  readonly after: Position | undefined;
  readonly limit: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** `undefined` on the last page. */
  readonly next: Position | undefined;
}

/** Builds a page from rows that were queried with a limit of one more than its size. */
export function cutPage<Item>(
  rows: readonly Item[],
  limit: number,
  positionOf: (item: Item) => Position,
): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && rows.length > limit ? positionOf(last) : undefined };
}

export interface ReadPagesOptions {
  readonly pageSize: number;
  /** By default, all items. */
  readonly most?: number;
}

/** The items of a paged list, read page by page. */
export async function readPages<Item>(
  list: (request: PageRequest) => Promise<Page<Item>>,
  { pageSize, most = Infinity }: ReadPagesOptions,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let after: PageRequest['after'];
  do {
    const page = await list({ after, limit: Math.min(pageSize, most - items.length) });
    items.push(...page.items);
    after = page.next;
  } while (after && items.length < most);
  return items;
}
