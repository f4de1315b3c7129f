// Searches for clients that violate their profile, or for those that comply. The rules are code, so the
// clients are read in batches until a page is full.
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import type {
  ClientSearch,
  ClientSearchStore,
} from '#core/clients/administration/client-search.store.ts';
import type { Client } from '#core/clients/clients.ts';
import { findViolations } from './violations.ts';

const batchSize = 500;

/** @param isViolating whether to find the clients with violations or those without */
export async function searchByViolations(
  store: ClientSearchStore,
  search: ClientSearch & { readonly isViolating: boolean },
  page: PageRequest,
): Promise<Page<Client>> {
  const { isViolating, ...filter } = search;
  const found: Client[] = [];
  let { after } = page;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each batch begins after the previous one
    const batch = await store.search(filter, { after, limit: batchSize });
    found.push(
      ...batch.items.filter(({ metadata }) => findViolations(metadata).length > 0 === isViolating),
    );
    after = batch.next;
  } while (after && found.length <= page.limit);
  return cutPage(found, page.limit, ({ clientId }) => [clientId]);
}
