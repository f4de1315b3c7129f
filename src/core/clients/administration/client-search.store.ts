// Searches clients, in the order of their ids. There are few clients, so the name needs no index.
import { clientFromRow, type ClientRow } from '#core/clients/clients.store.ts';
import type { Client } from '#core/clients/clients.ts';
import type { ProfileName } from '#core/clients/profiles/client-profiles.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';

export interface ClientSearch {
  /** Part of the id or of the registered name. */
  readonly text?: string | undefined;
  readonly isBlocked?: boolean | undefined;
  /** Only clients of this profile; a client without one has the profile OAuth 2.1. */
  readonly profile?: ProfileName | undefined;
}

const search: Statement = {
  name: 'client_search',
  text: `
    select client_id, secret_hash, previous_secret_hash, previous_secret_expires_at, first_party,
           resources, metadata, origin, disabled_at, not_before, created_at, updated_at
      from clients
     where client_id > $1
       and ($3::text is null
            or position(lower($3) in lower(client_id)) > 0
            or position(lower($3) in lower(metadata ->> 'client_name')) > 0)
       and ($4::boolean is null or (disabled_at is not null) = $4)
       and ($5::text is null or coalesce(metadata ->> 'profile', 'oauth2.1') = $5)
     order by client_id
     limit $2`,
};

export function createClientSearchStore(db: Database) {
  return {
    async search(
      { text, isBlocked, profile }: ClientSearch,
      page: PageRequest,
    ): Promise<Page<Client>> {
      const [after = ''] = page.after ?? [];
      const values = [after, page.limit + 1, text ?? null, isBlocked ?? null, profile ?? null];
      const { rows } = await db.run<ClientRow>(search, values);
      return cutPage(rows.map(clientFromRow), page.limit, ({ clientId }) => [clientId]);
    },
  };
}

export type ClientSearchStore = ReturnType<typeof createClientSearchStore>;
