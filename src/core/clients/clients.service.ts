// Clients and API resources, which most requests read and which rarely change. Both are cached for
// at most one second, or until any node publishes a change.
import type { Knex } from 'knex';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import type { ApiResource, Client, NewClient } from './clients.ts';
import {
  managementAudience,
  managementScopes,
  signalAudience,
  signalScopes,
  splitScope,
} from './scopes.ts';
import { isObjectPrototypeName } from '#platform/object-names.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { ApiResourceStore } from './api-resources.store.ts';
import type { ClientStore } from './clients.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { noteLogSubject } from '#platform/logging/log-scope.ts';
import { createTtlCache } from '#platform/ttl-cache.ts';

export interface ClientDependencies {
  readonly db: Database;
  readonly rank: Rank;
  readonly clients: ClientStore;
  readonly apiResources: ApiResourceStore;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly issuer: string;
  /** Returns a function that counts the lookups of the named cache. */
  readonly lookups?: (cache: string) => (isHit: boolean) => void;
  readonly now: () => Date;
}

export function createClients(dependencies: ClientDependencies) {
  const { db, rank, clients, audit, invalidation, issuer, now } = dependencies;
  const { clientCache, resourceCache, resourceListCache } = createCaches(dependencies);
  const signals = ownApi(signalAudience(issuer), signalScopes);
  const builtIn = [ownApi(managementAudience(issuer), managementScopes), signals];
  let changes = 0;

  invalidation.subscribe(({ clientId, userId, tokenId }) => {
    if (clientId !== undefined) clientCache.forget(clientId);
    if ((clientId ?? userId ?? tokenId) !== undefined) return;
    changes += 1;
    clientCache.forget();
    resourceCache.forget();
    resourceListCache.forget();
  });

  /** Scopes of the API that the client may request; a registered `scope` limits them. */
  function scopesFor(client: Client, resource: ApiResource): readonly string[] {
    const registered = client.metadata['scope'];
    // The APIs of this server are available only to clients that were registered with their scopes.
    if (typeof registered !== 'string') return builtIn.includes(resource) ? [] : resource.scopes;
    const allowed = new Set(splitScope(registered));
    return resource.scopes.filter((scope) => allowed.has(scope));
  }

  return {
    /**
     * @param join runs in the transaction of the creation
     * @throws AppError `conflict` when the id is taken
     */
    async create(
      client: NewClient,
      by: AuditActor,
      join?: (tx: Knex.Transaction) => Promise<void>,
    ): Promise<void> {
      await db.transaction(async (tx) => {
        await rank.prove(by, { conferredScope: client.metadata['scope'] }, tx);
        await clients.insert(client, tx);
        await join?.(tx);
        const { clientId, firstParty, origin } = client;
        const details = { firstParty, ...(origin === undefined ? {} : { origin }) };
        await audit.append({ event: 'client.created', actor: by, clientId, details }, tx);
      });
      await invalidation.publish({ clientId: client.clientId });
    },
    /**
     * For clients registered before `require_pkce` existed: the first start of this version stores the
     * current value of the setting in their metadata.
     */
    async settlePkce({ requirePkce }: { readonly requirePkce: 'all' | 'public' }): Promise<void> {
      const settled = await clients.settlePkce(requirePkce === 'all');
      if (settled > 0) await invalidation.publish({});
    },
    /**
     * Returns `undefined` for an unknown or a blocked client, so that callers cannot distinguish
     * them, and for an id that is unsafe as an object key, which registrations of version 0.1.0
     * permitted.
     */
    async find(clientId: string): Promise<Client | undefined> {
      if (isObjectPrototypeName(clientId)) return undefined;
      const client = await clientCache.get(clientId);
      if (!client || client.disabledAt) return undefined;
      noteLogSubject({ clientId });
      return withoutExpiredSecret(client, now());
    },
    async findResource(audience: string): Promise<ApiResource | undefined> {
      const own = builtIn.find((each) => each.audience === audience);
      return own ?? resourceCache.get(audience);
    },
    scopesFor,
    /** The types of authorization details of all APIs (RFC 9396 §10). */
    async listDetailTypes(): Promise<readonly string[]> {
      const resources = await resourceListCache.get('all');
      const types = resources.flatMap(({ detailTypes = [] }) => detailTypes);
      return [...new Set(types.map(({ type }) => type))].toSorted();
    },
    /** Changes whenever what `listDetailTypes` returns may have changed. */
    versionOfDetailTypes: (): string => String(changes),
    /**
     * The only API, other than the management API, of which the client may have all these scopes;
     * `undefined` when there is none or more than one.
     */
    async findResourceOf(
      client: Client,
      scopes: readonly string[],
    ): Promise<ApiResource | undefined> {
      const stored = (await resourceListCache.get('all')).filter(
        ({ audience }) => !builtIn.some((own) => own.audience === audience),
      );
      const known = [...stored, signals];
      const fitting = known.filter((resource) => {
        const available = new Set(scopesFor(client, resource));
        return scopes.every((scope) => available.has(scope));
      });
      return fitting.length === 1 ? fitting[0] : undefined;
    },
  };
}

/** An API of this server. */
function ownApi(audience: string, scopes: readonly string[]): ApiResource {
  return { audience, scopes, accessTokenFormat: 'opaque', accessTokenSeconds: undefined };
}

function createCaches({ clients, apiResources, lookups, now }: ClientDependencies) {
  return {
    clientCache: createTtlCache<Client | undefined>({
      load: (id) => clients.find(id),
      lookedUp: lookups?.('clients'),
      now,
    }),
    resourceCache: createTtlCache<ApiResource | undefined>({
      load: (audience) => apiResources.find(audience),
      lookedUp: lookups?.('resources'),
      now,
    }),
    resourceListCache: createTtlCache<readonly ApiResource[]>({
      load: () => apiResources.list(),
      lookedUp: lookups?.('resource_lists'),
      now,
    }),
  };
}

export type Clients = ReturnType<typeof createClients>;

/** The cached client may outlive the validity of its previous secret by a second. */
function withoutExpiredSecret(client: Client, at: Date): Client {
  const { previousSecret } = client;
  const isOver = previousSecret !== undefined && previousSecret.expiresAt <= at;
  return isOver ? { ...client, previousSecret: undefined } : client;
}
