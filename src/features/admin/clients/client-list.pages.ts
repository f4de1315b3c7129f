// The list of clients.
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { Config } from '#config/config.ts';
import { findViolations } from '#core/clients/profiles/violations.ts';
import type { Client } from '#core/clients/clients.ts';
import { searchByViolations } from '#core/clients/profiles/violating-clients.service.ts';
import type { ClientSearchStore } from '#core/clients/administration/client-search.store.ts';
import type { Cursors } from '#http/api/cursors.ts';
import type { PageRequest } from '#platform/paging.ts';
import { panelClientId, panelPath } from '#features/admin/panel-client.ts';
import { day } from '#features/admin/page/formatting.ts';
import type { RichText, SearchBlock } from '#features/admin/page/page-model.ts';
import {
  listQuery,
  nextHref,
  readList,
  type ListQuery,
} from '#features/admin/panel/lists.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { deviceGrant } from './client-grants.pages.ts';

export interface ClientListDependencies {
  readonly clientSearch: ClientSearchStore;
  readonly config: Pick<Config, 'clientRegistration'>;
  readonly cursors: Cursors;
}

export const clientsPath = `${panelPath}/clients`;

export function clientPath(id: string): string {
  return `${clientsPath}/${encodeURIComponent(clientSegment(id))}`;
}

const registrationTokens = {
  id: 'registration-tokens',
  label: 'Registration tokens',
  href: `${panelPath}/registration-tokens`,
  tone: 'quiet',
  scope: 'clients:read',
} as const;

const statementIssuers = {
  id: 'statement-issuers',
  label: 'Statement issuers',
  href: `${panelPath}/statement-issuers`,
  tone: 'quiet',
  scope: 'clients:read',
} as const;

export function addClientList(
  panel: Panel,
  { clientSearch, config, cursors }: ClientListDependencies,
) {
  panel.page({
    path: clientsPath,
    scope: 'clients:read',
    async show(ctx) {
      const query = readList(ctx, ['q', 'state']);
      const list = listQuery(clientsPath, query);
      const page = await search(clientSearch, query, cursors.pageOf(list, query.page));
      const shown = cursors.present(list, page, rowOf);
      return {
        title: 'Clients',
        lead: 'Apps and services that sign users in or call APIs with tokens from this server.',
        actions: [
          {
            id: 'new-client',
            label: 'Register a client',
            href: `${clientsPath}/new`,
            tone: 'main',
            scope: 'clients:write',
          },
          ...(config.clientRegistration === 'off' ? [] : [registrationTokens, statementIssuers]),
        ],
        blocks: [
          searchOf(query),
          {
            kind: 'table',
            caption: 'Clients by id',
            columns: [
              { label: 'Client' },
              { label: 'Kind' },
              { label: 'State' },
              { label: 'Created' },
            ],
            rows: shown.items,
            empty: 'No matching clients.',
            next: nextHref(clientsPath, query, shown.next_cursor),
          },
        ],
      };
    },
  });
}

const violating = 'violating';

const states = [
  { value: '', label: 'All' },
  { value: 'active', label: 'Active' },
  { value: 'blocked', label: 'Blocked' },
  { value: violating, label: 'Violates its profile' },
] as const;

async function search(store: ClientSearchStore, { values }: ListQuery, page: PageRequest) {
  const { q, state } = values;
  const text = q?.trim() || undefined;
  if (state === violating) return searchByViolations(store, { text, isViolating: true }, page);
  const isBlocked = state === 'active' || state === 'blocked' ? state === 'blocked' : undefined;
  return store.search({ text, isBlocked }, page);
}

function searchOf({ values }: ListQuery): SearchBlock {
  return {
    kind: 'search',
    action: clientsPath,
    submit: 'Search',
    fields: [
      { name: 'q', label: 'Name or ID', type: 'text', value: values['q'] },
      { name: 'state', label: 'State', type: 'select', value: values['state'], options: states },
    ],
  };
}

function rowOf(client: Client) {
  const { clientId, createdAt } = client;
  const link = { text: nameOf(client), href: clientPath(clientId), isStrong: true };
  const parts: readonly RichText[] = [link, ...originTags(client)];
  const hint = { hint: clientId, isCodeHint: true };
  return [
    parts.map((part, index) => (index === parts.length - 1 ? { ...part, ...hint } : part)),
    kindOf(client),
    stateTags(client),
    day(createdAt),
  ];
}

export function nameOf({ clientId, metadata }: Client): string {
  const { client_name: name } = metadata;
  return typeof name === 'string' && name !== '' ? name : clientId;
}

export function isBuiltIn({ clientId }: Pick<Client, 'clientId'>): boolean {
  return clientId === panelClientId;
}

/** Derives the kind of application from the metadata. */
export function kindOf({ metadata }: Client): string {
  const { grant_types: grants, token_endpoint_auth_method: method } = metadata;
  const isService = Array.isArray(grants) && !grants.includes('authorization_code');
  if (isService && grants.includes(deviceGrant)) return 'Device';
  if (isService) return method === 'none' ? 'Workload' : 'Service';
  if (metadata['application_type'] === 'native') return 'Native app';
  return method === 'none' ? 'Single-page app' : 'Web application';
}

export function stateTags(client: Client): readonly RichText[] {
  const violations = findViolations(client.metadata).length;
  return [
    client.disabledAt
      ? { text: 'blocked', tag: 'danger' as const }
      : { text: 'active', tag: 'good' as const },
    ...(violations > 0 ? [{ text: 'violation', tag: 'warning' as const }] : []),
  ];
}

/** Labels of properties that never change by themselves, beside the name. */
export function originTags(client: Client): readonly RichText[] {
  return [
    ...(client.origin === undefined ? [] : [{ text: 'dynamic', tag: 'quiet' as const }]),
    ...(client.firstParty ? [{ text: 'first-party', tag: 'quiet' as const }] : []),
    ...(isBuiltIn(client) ? [{ text: 'built in', tag: 'quiet' as const }] : []),
  ];
}
