// Looks up the names of the users, clients and other objects whose ids audit events contain, with one query
// per kind.
import type { FoundAuditEvent } from '#core/audit/audit-search.store.ts';
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import { managementAudience, type ManagementScope } from '#core/clients/scopes.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { ProviderAdministration } from '#features/federation/management/provider-administration.service.ts';
import type { GroupService } from '#features/groups/groups.service.ts';
import type { OrganizationService } from '#features/organizations/organizations.service.ts';
import type { RoleService } from '#features/roles/roles.service.ts';
import type { WebhookService } from '#features/webhooks/webhooks.service.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import { shortId } from '#features/admin/page/formatting.ts';
import type { RichText } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { isUuid } from '#platform/uuid.ts';

export interface NameSources {
  readonly users: Pick<UserStore, 'emailsOf'>;
  readonly clientStore: Pick<ClientStore, 'namesOf'>;
  readonly groupService: Pick<GroupService, 'namesOf'>;
  readonly organizationService: Pick<OrganizationService, 'namesOf'>;
  readonly roleService: Pick<RoleService, 'namesOf'>;
  readonly webhookService: Pick<WebhookService, 'labelsOf'>;
  readonly providerAdministration: Pick<ProviderAdministration, 'list'>;
  readonly apiResources: Pick<ApiResourceStore, 'list'>;
  readonly issuer: string;
}

type Names = ReadonlyMap<string, string>;

/** A kind of object with a page of its own; this member of the event's details contains its id. */
interface Kind {
  readonly word: string;
  readonly scope: ManagementScope;
  /** Path in the panel, to which the id is appended. */
  readonly path: string;
  namesOf(ids: readonly string[], sources: NameSources): Promise<Names>;
}

const kinds = {
  webhook: {
    word: 'webhook',
    scope: 'webhooks:read',
    path: '/webhooks/',
    namesOf: (ids, { webhookService }) => webhookService.labelsOf(ids.filter(isUuid)),
  },
  group: {
    word: 'group',
    scope: 'groups:read',
    path: '/groups/',
    namesOf: (ids, { groupService }) => groupService.namesOf(ids.filter(isUuid)),
  },
  organization: {
    word: 'organization',
    scope: 'organizations:read',
    path: '/organizations/',
    namesOf: (ids, { organizationService }) => organizationService.namesOf(ids.filter(isUuid)),
  },
  provider: {
    word: 'provider',
    scope: 'providers:read',
    path: '/providers/',
    async namesOf(_ids, { providerAdministration }) {
      const providers = await providerAdministration.list();
      return new Map(providers.map(({ id, name }) => [id, name]));
    },
  },
  role: {
    word: 'role',
    scope: 'roles:read',
    path: '/roles/',
    namesOf: (ids, { roleService }) => roleService.namesOf(ids),
  },
  audience: {
    word: 'API',
    scope: 'resources:read',
    path: '/resources?all=',
    async namesOf(_ids, { apiResources, issuer }) {
      const own = managementAudience(issuer);
      const others = (await apiResources.list()).map(({ audience }) => audience);
      return new Map([own, ...others].map((audience) => [audience, audience]));
    },
  },
} as const satisfies Readonly<Record<string, Kind>>;

type KindName = keyof typeof kinds;

// True because the names are the keys of the table above.
const kindNames = Object.keys(kinds) as readonly KindName[];

/** The names that the viewer may see, by id. */
export interface AuditNames {
  readonly emails: Names;
  readonly clients: ReadonlyMap<string, string | undefined>;
  readonly others: ReadonlyMap<string, Names>;
}

export async function findNames(
  events: readonly FoundAuditEvent[],
  sources: NameSources,
  visit: PanelVisit,
): Promise<AuditNames> {
  const [emails, clients, ...others] = await Promise.all([
    sources.users.emailsOf(visit.may('users:read') ? usersIn(events) : []),
    sources.clientStore.namesOf(visit.may('clients:read') ? clientsIn(events) : []),
    ...kindNames.map(async (name) => {
      const ids = visit.may(kinds[name].scope) ? idsIn(events, name) : [];
      return [
        name,
        ids.length === 0 ? new Map() : await kinds[name].namesOf(ids, sources),
      ] as const;
    }),
  ]);
  return { emails, clients, others: new Map(others) };
}

function usersIn(events: readonly FoundAuditEvent[]): readonly string[] {
  return events.flatMap(({ userId, actorKind, actorId }) => [
    ...(userId === undefined ? [] : [userId]),
    ...(actorKind === 'user' && actorId !== undefined ? [actorId] : []),
  ]);
}

function clientsIn(events: readonly FoundAuditEvent[]): readonly string[] {
  return events.flatMap(({ clientId, actorKind, actorId }) => [
    ...(clientId === undefined ? [] : [clientId]),
    ...(actorKind === 'client' && actorId !== undefined ? [actorId] : []),
  ]);
}

function idsIn(events: readonly FoundAuditEvent[], name: KindName): readonly string[] {
  const ids = events.flatMap(({ details: { [name]: id } }) => (typeof id === 'string' ? [id] : []));
  return [...new Set(ids)];
}

/** A link to a user; for a deleted or hidden user, the first characters of the id. */
export function nameUser(userId: string, { emails }: AuditNames): RichText {
  const text = emails.get(userId);
  if (text === undefined) return { text: `user ${shortId(userId)}` };
  return { text, href: `${panelPath}/users/${userId}` };
}

export function nameClient(clientId: string, { clients }: AuditNames): RichText {
  const text = clients.get(clientId) ?? `client ${shortId(clientId)}`;
  if (!clients.has(clientId)) return { text };
  return { text, href: `${panelPath}/clients/${encodeURIComponent(clientSegment(clientId))}` };
}

/** True for a member of the details that `nameDetails` shows. */
export function isNamed(member: string, id: unknown): boolean {
  return typeof id === 'string' && kindNames.some((kind) => kind === member);
}

/**
 * The objects that the details name, as links; a deleted or hidden one is shown by the first characters of
 * its id.
 */
export function nameDetails(
  details: FoundAuditEvent['details'],
  names: AuditNames,
): readonly RichText[] {
  return kindNames.flatMap((kind) => {
    const { [kind]: id } = details;
    if (typeof id !== 'string') return [];
    const { word, path } = kinds[kind];
    const text = names.others.get(kind)?.get(id);
    if (text === undefined) return [{ text: `${word} ${shortId(id)}` }];
    return [{ text, href: `${panelPath}${path}${encodeURIComponent(id)}` }];
  });
}
