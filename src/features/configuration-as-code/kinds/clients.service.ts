// Clients in a configuration file, by client_id, with their metadata (RFC 7591) and the rules for who may
// sign in to them. A block is an act, not configuration.
import { z } from 'zod';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Administrator } from '#core/access-control/administration.service.ts';
import type { Client, ClientAccess } from '#core/clients/clients.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { Receipt } from '#core/revocation/receipts.ts';
import { panelClientId } from '#features/admin/panel-client.ts';
import type { ClientAccessService } from '#features/client-access/client-access.service.ts';
import type { Entry, Values } from '#features/configuration-as-code/document/document.ts';
import { isSame } from '#features/configuration-as-code/plan.ts';
import type { Group } from '#features/groups/groups.ts';
import type { GroupService } from '#features/groups/groups.service.ts';
import type { Organization } from '#features/organizations/organizations.ts';
import type { OrganizationService } from '#features/organizations/organizations.service.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';
import { playgroundClientId } from '#features/playground/playground-client.ts';
import { isObjectPrototypeName } from '#platform/object-names.ts';
import type { BoundKind, Kind, KindChange, Written } from './kind.ts';
import { readAll, sorted } from './values.ts';

/** The services of the oidc layer that registration and changes of clients need. */
export interface ClientWriters {
  readonly registration: {
    check(input: unknown, before: Client): Promise<{ readonly client: Client }>;
    create(
      input: unknown,
      options: { readonly by: AuditActor },
    ): Promise<{ readonly clientSecret: string | undefined }>;
  };
  readonly changes: {
    update(
      clientId: string,
      changesOf: (before: Client) => unknown,
      by: AuditActor,
    ): Promise<ChangedClient>;
    rotateSecret(
      clientId: string,
      rotation: {
        readonly revokes: boolean;
        readonly overlapSeconds: number;
        readonly secret: string;
        readonly by: AuditActor;
      },
    ): Promise<ChangedClient>;
    remove(clientId: string, by: AuditActor): Promise<Receipt>;
  };
}

interface ChangedClient {
  readonly receipt: Receipt;
  readonly clientSecret?: string | undefined;
}

export interface ClientKindServices {
  readonly clientStore: ClientStore;
  readonly clientAccessService: ClientAccessService;
  readonly groupService: GroupService;
  readonly organizationService: OrganizationService;
  readonly clientWriters: ClientWriters;
  readonly administrator: Administrator;
  readonly by: AuditActor;
  readonly now: () => Date;
}

const names = z.array(z.string().min(1).max(400)).max(1000).optional();
const access = z.strictObject({ roles: names, groups: names, organizations: names });
/** The registration rules validate the metadata, and name unknown members. */
const schema = z.looseObject({ access: access.optional() });
const builtIn: readonly string[] = [panelClientId, playgroundClientId];
const pageSize = 1000;

export const clientKind: Kind<ClientKindServices> = {
  name: 'clients',
  schema,
  secretMember: 'client_secret',
  findKeyFault(key) {
    if (builtIn.includes(key)) return 'is built in and cannot be changed';
    const isValid = /^[\x20-\x7e]{1,255}$/.test(key) && !isObjectPrototypeName(key);
    return isValid ? undefined : 'must be a client_id of up to 255 printable ASCII characters';
  },
  bind: (services) => ({
    read: () => readClients(services),
    complete: (entry, before) => completeClient(services, entry, before),
    async hasOtherSecret({ key, secret }) {
      const client = await services.clientStore.find(key);
      return secret !== undefined && client?.secretHash !== sha256Text(secret.value);
    },
    write: (change) => writeClient(services, change),
    finish: (change) => writeAccess(services, change),
    remove: async (key) => writtenBy(await services.clientWriters.changes.remove(key, services.by)),
  }),
};

async function readClients(services: ClientKindServices): ReturnType<BoundKind['read']> {
  const { clientStore, groupService, organizationService } = services;
  const groups = await readAll<Group>((page) => groupService.list(page));
  const organizations = await readAll<Organization>((page) => organizationService.list(page));
  const nameOf = new Map([...groups, ...organizations].map(({ id, name }) => [id, name]));
  const found = new Map<string, Values>();
  for (let after = '', isLast = false; !isLast;) {
    const page = await clientStore.list({ after, limit: pageSize });
    for (const client of page.filter(isConfigured)) {
      found.set(client.clientId, clientValues(client, namedAccess(client.access, nameOf)));
    }
    [after, isLast] = [page.at(-1)?.clientId ?? after, page.length < pageSize];
  }
  return found;
}

/** A client that registered itself is not configuration, so --prune does not delete it. */
function isConfigured({ clientId, origin }: Client): boolean {
  return origin === undefined && !builtIn.includes(clientId);
}

function clientValues(client: Client, allowed: Values | undefined): Values {
  const { metadata, firstParty, resources } = client;
  return {
    ...metadata,
    ...(firstParty ? { first_party: true } : {}),
    ...(resources.length === 0 ? {} : { resources: [...resources] }),
    ...(allowed === undefined ? {} : { access: allowed }),
  };
}

function namedAccess(
  allowed: ClientAccess | undefined,
  nameOf: ReadonlyMap<string, string>,
): Values | undefined {
  if (!allowed) return undefined;
  const named = (ids: readonly string[]) => ids.map((id) => nameOf.get(id) ?? id);
  const { roles, groups, organizations } = allowed;
  return accessValues({ roles, groups: named(groups), organizations: named(organizations) });
}

type Rules = { readonly [Rule in keyof ClientAccess]?: ClientAccess[Rule] | undefined };

function accessValues({ roles = [], groups = [], organizations = [] }: Rules) {
  return {
    ...(roles.length === 0 ? {} : { roles: sorted(roles) }),
    ...(groups.length === 0 ? {} : { groups: sorted(groups) }),
    ...(organizations.length === 0 ? {} : { organizations: sorted(organizations) }),
  };
}

async function completeClient(
  { clientStore, clientWriters, now }: ClientKindServices,
  { key, values }: Entry,
  before: Values | undefined,
): Promise<Values> {
  const { access: allowed, ...metadata } = schema.parse(values);
  const named = allowed && accessValues(allowed);
  const written = { ...metadata, ...(named ? { access: named } : {}) };
  // Unchanged metadata, which was valid when it was registered, is not validated again.
  if (before && isSame(before, written)) return before;
  const stored = before && (await clientStore.find(key));
  const input = { ...metadata, client_id: key };
  const checked = await clientWriters.registration.check(input, stored ?? unregistered(key, now()));
  return clientValues(checked.client, named);
}

function unregistered(clientId: string, createdAt: Date): Client {
  return {
    clientId,
    secretHash: undefined,
    firstParty: false,
    resources: [],
    metadata: {},
    disabledAt: undefined,
    notBefore: undefined,
    createdAt,
    updatedAt: createdAt,
  };
}

async function writeClient(services: ClientKindServices, change: KindChange): Promise<Written> {
  const { clientWriters, by } = services;
  const { key, before, after, fields, entry } = change;
  const { access: _, ...metadata } = after;
  if (!before) {
    const given = entry.secret && { client_secret: entry.secret.value };
    const input = { ...metadata, ...given, client_id: key };
    const { clientSecret } = await clientWriters.registration.create(input, { by });
    return given ? {} : { secret: clientSecret };
  }
  const changed = fields.filter(({ name, isSecret }) => name !== 'access' && isSecret !== true);
  const updated =
    changed.length === 0
      ? undefined
      : await clientWriters.changes.update(key, () => changesOf(changed), by);
  await rotateSecret(services, change);
  return updated ? writtenBy(updated.receipt, entry.secret ? undefined : updated.clientSecret) : {};
}

/** `null` removes a member (RFC 7396), except for our own, which have a default. */
function changesOf(fields: KindChange['fields']): Values {
  const removed: Values = { first_party: false, resources: [] };
  return Object.fromEntries(
    fields.map(({ name, after }) => [name, after === undefined ? (removed[name] ?? null) : after]),
  );
}

async function rotateSecret(
  { clientStore, clientWriters, by }: ClientKindServices,
  { key, entry: { secret } }: KindChange,
): Promise<void> {
  const client = secret && (await clientStore.find(key));
  if (!client || client.secretHash === sha256Text(secret.value)) return;
  const { value, overlapSeconds } = secret;
  await clientWriters.changes.rotateSecret(key, {
    revokes: false,
    overlapSeconds,
    secret: value,
    by,
  });
}

/** Written after the roles, groups and organizations to which the rules refer. */
async function writeAccess(
  { clientAccessService, administrator }: ClientKindServices,
  { key, after, fields }: KindChange,
): Promise<void> {
  if (!fields.some(({ name }) => name === 'access')) return;
  const { access: allowed } = schema.parse(after);
  const { roles = [], groups = [], organizations = [] } = allowed ?? {};
  const rules = allowed && { roles, groups, organizations };
  await clientAccessService.set(key, rules, administrator);
}

function writtenBy(receipt: Receipt, secret?: string): Written {
  const ended = receipt.parts.filter(({ kind, count }) => kind !== 'client' && count > 0);
  return {
    effects: ended.map(({ kind, count }) => ({ name: kind, count })),
    receipt: receipt.id,
    secret,
  };
}
