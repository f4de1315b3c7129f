// Sets who may sign in to a client, on behalf of an operator: every user, or users with certain roles, groups
// or organizations.
import type {
  Administration,
  Administrator,
  Change,
} from '#core/access-control/administration.service.ts';
import type { Client, ClientAccess } from '#core/clients/clients.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import type { GroupStore } from '#features/groups/groups.store.ts';
import type { OrganizationStore } from '#features/organizations/organizations.store.ts';
import { AppError } from '#platform/errors.ts';
import type { ClientAccessStore } from './client-access.store.ts';

export interface ClientAccessServiceDependencies {
  readonly administration: Administration;
  readonly clientAccessStore: ClientAccessStore;
  readonly clientStore: ClientStore;
  readonly groupStore: GroupStore;
  readonly organizationStore: OrganizationStore;
  readonly roles: RoleStore;
}

/** Additions and removals; groups and organizations by id or name. */
export interface AccessChanges {
  readonly allow: Partial<ClientAccess>;
  readonly disallow: Partial<ClientAccess>;
}

export const noUsers: ClientAccess = { roles: [], groups: [], organizations: [] };

export function createClientAccessService(dependencies: ClientAccessServiceDependencies) {
  const { administration, clientAccessStore, clientStore } = dependencies;
  const find = (clientId: string, tx?: Change['tx']) => requireClient(clientStore, clientId, tx);

  async function replace(
    clientId: string,
    by: Administrator,
    next: (before: Client, tx: Change['tx']) => Promise<ClientAccess | undefined>,
  ): Promise<ClientAccess | undefined> {
    await administration.change(
      { by, scope: 'clients:write' },
      async ({ tx, concerns, record }) => {
        await concerns({ clientId });
        const access = await next(await find(clientId, tx), tx);
        if (!(await clientAccessStore.replace(clientId, access, tx))) throw clientNotFound();
        const details = { access: access ?? 'everyone' };
        await record({ event: 'client.access_changed', clientId, details });
      },
    );
    return (await find(clientId)).access;
  }

  return {
    /** `undefined`: every user. @throws AppError `client_not_found` */
    show: async (clientId: string): Promise<ClientAccess | undefined> =>
      (await find(clientId)).access,
    /** @throws AppError `invalid_input` for an unknown role, group or organization */
    set: (clientId: string, access: ClientAccess | undefined, by: Administrator) =>
      replace(clientId, by, async (_before, tx) => access && resolve(dependencies, access, tx)),
    /** A client that is open to every user is restricted to the additions. */
    change: (clientId: string, { allow, disallow }: AccessChanges, by: Administrator) =>
      replace(clientId, by, async ({ access = noUsers }, tx) => {
        const added = await resolve(dependencies, { ...noUsers, ...allow }, tx);
        const removed = await resolve(dependencies, { ...noUsers, ...disallow }, tx);
        return combine(access, added, removed);
      }),
  };
}

export type ClientAccessService = ReturnType<typeof createClientAccessService>;

async function requireClient(
  clientStore: ClientStore,
  clientId: string,
  tx?: Change['tx'],
): Promise<Client> {
  const client = await clientStore.find(clientId, tx);
  if (!client) throw clientNotFound();
  return client;
}

/** Replaces names with ids. */
async function resolve(
  { roles, groupStore, organizationStore }: ClientAccessServiceDependencies,
  access: ClientAccess,
  tx: Change['tx'],
): Promise<ClientAccess> {
  const groups: string[] = [];
  const organizations: string[] = [];
  // Sequential, because the transaction has one connection.
  for (const role of access.roles) {
    if (!(await roles.exists(role, tx))) throw unknown('role', role);
  }
  for (const each of access.groups) {
    const group = await groupStore.find(each, tx);
    if (!group) throw unknown('group', each);
    groups.push(group.id);
  }
  for (const each of access.organizations) {
    const organization = await organizationStore.find(each, tx);
    if (!organization) throw unknown('organization', each);
    organizations.push(organization.id);
  }
  return {
    roles: unique(access.roles),
    groups: unique(groups),
    organizations: unique(organizations),
  };
}

function combine(before: ClientAccess, added: ClientAccess, removed: ClientAccess): ClientAccess {
  const of = (kind: keyof ClientAccess) =>
    unique([...before[kind], ...added[kind]]).filter((each) => !removed[kind].includes(each));
  return { roles: of('roles'), groups: of('groups'), organizations: of('organizations') };
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function unknown(kind: string, name: string): AppError {
  return new AppError('invalid_input', `There is no ${kind} ${JSON.stringify(name)}.`);
}

function clientNotFound(): AppError {
  return new AppError('client_not_found', 'Client not found.');
}
