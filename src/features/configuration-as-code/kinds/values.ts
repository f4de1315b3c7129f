// Conversions of values that several kinds share.
import { readPages, type Page, type PageRequest } from '#platform/paging.ts';

/** Sorts a list whose order has no meaning, and removes duplicates. */
export function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}

const pageSize = 1000;

/** All items of a paged list. */
export function readAll<Item>(
  list: (request: PageRequest) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  return readPages(list, { pageSize });
}
