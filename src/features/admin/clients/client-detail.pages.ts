// One client: its metadata, the rules that it violates, a snippet for its framework, and its recent events.
import { clientIdOfSegment } from '#core/clients/administration/client-path.ts';
import { profileOf } from '#core/clients/profiles/client-profiles.ts';
import { findViolations } from '#core/clients/profiles/violations.ts';
import type { Client } from '#core/clients/clients.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { AuditSearch } from '#core/audit/audit-search.service.ts';
import { clientId as clientIdParameter, notFound } from '#http/api/parameters.ts';
import { findNames, type NameSources } from '#features/admin/activity/audit-names.pages.ts';
import { auditTable } from '#features/admin/activity/audit-table.pages.ts';
import { exactTime } from '#features/admin/page/formatting.ts';
import type { ActionLink, Block, Fact, NoteBlock } from '#features/admin/page/page-model.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { deviceGrant } from './client-grants.pages.ts';
import {
  clientPath,
  clientsPath,
  isBuiltIn,
  kindOf,
  nameOf,
  originTags,
  stateTags,
} from './client-list.pages.ts';
import { playgroundBlocks } from './playground-link.pages.ts';
import { snippetFor } from './snippets.ts';
import { trustedIssuerBlocks } from './workloads/trusted-issuer-facts.pages.ts';

export interface ClientDetailDependencies extends NameSources {
  readonly clientStore: ClientStore;
  readonly auditSearch: AuditSearch;
  readonly issuer: string;
  /** Whether the playground is available. */
  readonly developmentPages: boolean;
  readonly now: () => Date;
}

/** @throws AppError `client_not_found` */
export async function requireClient(store: ClientStore, segment: string): Promise<Client> {
  const client = await store.find(clientIdOfSegment(segment));
  if (!client) throw notFound(clientIdParameter);
  return client;
}

export function addClientDetail(panel: Panel, dependencies: ClientDetailDependencies): void {
  const { clientStore, auditSearch, issuer, developmentPages, now } = dependencies;

  panel.page({
    path: `${clientsPath}/:clientId`,
    scope: 'clients:read',
    async show(ctx, visit) {
      const client = await requireClient(clientStore, String(ctx.params['clientId']));
      const page = { after: undefined, limit: 10 };
      const events = visit.may('audit:read')
        ? await auditSearch.search({ clientId: client.clientId }, page)
        : { items: [] };
      const names = await findNames(events.items, dependencies, visit);
      return {
        title: nameOf(client),
        lead: kindOf(client),
        tags: [...stateTags(client), ...originTags(client)],
        back: { label: 'Clients', href: clientsPath },
        actions: actionsFor(client),
        blocks: [
          checksOf(client),
          registrationOf(client),
          ...(isBuiltIn(client) ? [] : trustedIssuerBlocks(client)),
          ...(developmentPages
            ? playgroundBlocks(client, { issuer, mayEdit: visit.may('clients:write') })
            : []),
          ...snippetBlocks(client, issuer),
          {
            ...auditTable(events.items, now(), names, { clientId: client.clientId }),
            title: 'Recent events',
            more: {
              label: 'All events',
              href: `/auth/admin/audit?client=${encodeURIComponent(client.clientId)}`,
            },
          },
        ],
      };
    },
  });
}

function actionsFor(client: Client): readonly ActionLink[] {
  if (isBuiltIn(client)) return [];
  const act = (name: string, label: string, tone?: ActionLink['tone']): ActionLink => ({
    id: `act-${name}`,
    label,
    tone,
    href: `${clientPath(client.clientId)}/${name}`,
    scope: 'clients:write',
  });
  return [
    act('edit', 'Edit'),
    ...(client.secretHash === undefined ? [] : [act('secret', 'New secret')]),
    client.disabledAt ? act('unblock', 'Unblock') : act('block', 'Block', 'danger'),
    act('delete', 'Delete', 'danger'),
  ];
}

function checksOf({ metadata }: Client): NoteBlock {
  const { label } = profileOf(metadata);
  const violations = findViolations(metadata);
  if (violations.length === 0) {
    return {
      kind: 'note',
      id: 'checks',
      tone: 'good',
      text: `This client complies with ${label}.`,
    };
  }
  return {
    kind: 'note',
    id: 'checks',
    tone: 'warning',
    text: `This client violates ${label}:`,
    items: violations.map(
      ({ rule, member, message, remedy }) => `${member}: ${message} ${remedy} (${rule})`,
    ),
  };
}

/** Members that are shown at once. */
const main = ['redirect_uris', 'scope'];
/** The first members below those. */
const order = [
  'profile',
  'post_logout_redirect_uris',
  'grant_types',
  'token_endpoint_auth_method',
  'require_pkce',
];

const registeredBy = {
  operator: 'an administrator',
  registration: 'itself, by dynamic registration',
  document: 'its metadata document, which the client_id names',
} as const;

function registrationOf(client: Client): Block {
  const { clientId, metadata, secretHash, resources, firstParty, createdAt, updatedAt } = client;
  // The issuers of federated credentials have a card of their own.
  const { client_name: _, federated_credentials: __, ...members } = metadata;
  const known = [...main, ...order];
  const others = [...order, ...Object.keys(members).filter((name) => !known.includes(name))];
  const factsOf = (names: readonly string[]): readonly Fact[] =>
    names
      .filter((name) => name in members && !(main.includes(name) && isNone(members[name])))
      .map((name) => ({ label: name, value: describe(members[name]) }));
  const facts: readonly Fact[] = [
    { label: 'client_id', value: { text: clientId, isCode: true }, copyId: 'client-id' },
    {
      label: 'client_secret',
      value: secretHash === undefined ? 'none' : 'set (shown once, when created)',
    },
    ...factsOf(main),
    { label: 'first_party', value: firstParty ? 'true (consent is skipped)' : 'false' },
    ...(resources.length > 0 ? [{ label: 'resources', value: resources.join(' ') }] : []),
    { label: 'Registered by', value: registeredBy[client.origin ?? 'operator'] },
    { label: 'Registered', value: exactTime(createdAt) },
    { label: 'Last changed', value: exactTime(updatedAt) },
  ];
  const rest = factsOf(others);
  const folded = rest.length === 0 ? undefined : { label: 'Other metadata', facts: rest };
  return { kind: 'facts', title: 'Registration', facts, folded };
}

/** A workload or a service has no redirect URIs. */
function isNone(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function describe(value: unknown) {
  if (Array.isArray(value)) {
    return value.length > 0 ? value.map((each) => ({ text: textOf(each) })) : 'none';
  }
  return textOf(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function snippetBlocks(client: Client, issuer: string): readonly Block[] {
  if (isBuiltIn(client)) return [];
  const {
    redirect_uris: uris,
    token_endpoint_auth_method: method,
    grant_types: grants,
  } = client.metadata;
  const redirectUri = Array.isArray(uris) ? String(uris[0] ?? '') : '';
  const framework = frameworkOf(Array.isArray(grants) ? grants : undefined, method);
  const facts = { issuer, clientId: client.clientId, redirectUri };
  return [{ kind: 'code', id: 'snippet', ...snippetFor(framework, facts) }];
}

function frameworkOf(grants: readonly unknown[] | undefined, method: unknown): string {
  const isPublic = method === 'none';
  if (!grants || grants.includes('authorization_code')) {
    return isPublic ? 'oidc-client-ts' : 'openid-client';
  }
  if (grants.includes(deviceGrant)) return 'curl-device';
  return isPublic ? 'curl-workload' : 'curl';
}
