// Forms of values that several kinds share.
import type { Page, PageRequest } from '#platform/paging.ts';

/** Without duplicates, for lists whose order has no meaning. */
export function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}

const pageSize = 1000;

/** All items of a paged list. */
export async function readAll<Item>(
  list: (request: PageRequest) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let after: PageRequest['after'];
  do {
    const page = await list({ after, limit: pageSize });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}
