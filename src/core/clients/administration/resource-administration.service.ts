// Creates, changes and deletes API resources, on behalf of an operator. A change applies to tokens issued
// from then on; earlier tokens are not changed.
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { ApiResource } from '#core/clients/clients.ts';
import { managementAudience, signalAudience } from '#core/clients/scopes.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import { checkResource } from './resource-rules.ts';

export interface ResourceAdministrationDependencies {
  readonly db: Database;
  readonly apiResources: ApiResourceStore;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly issuer: string;
  readonly now: () => Date;
}

export interface ResourceChange {
  readonly by: AuditActor;
  /** Receives the resource as it is before the change, and throws to refuse the change. */
  readonly check?: (before: ApiResource) => void;
}

export function createResourceAdministration(dependencies: ResourceAdministrationDependencies) {
  const { db, apiResources, audit, invalidation, issuer, now } = dependencies;

  /** The management API cannot be changed: it is defined by the version of the server. */
  async function find(audience: string): Promise<ApiResource> {
    if (audience === managementAudience(issuer)) {
      throw new AppError('invalid_input', 'The management API is built in.');
    }
    const resource = await apiResources.find(audience);
    if (resource) return resource;
    throw new AppError('not_found', 'There is no API with this audience.');
  }

  return {
    /**
     * @param join runs in the transaction of the creation
     * @throws AppError `conflict` when the audience is taken, or a type of authorization details
     */
    async create(
      resource: ApiResource,
      by: AuditActor,
      join?: (tx: Knex.Transaction) => Promise<void>,
    ): Promise<void> {
      const details = { audience: resource.audience };
      const builtIn = [managementAudience(issuer), signalAudience(issuer)];
      if (builtIn.includes(resource.audience)) {
        throw new AppError('conflict', 'There is already an API with this audience.');
      }
      checkResource(resource);
      await db.transaction(async (tx) => {
        await requireOwnTypes(apiResources, resource, tx);
        await apiResources.insert(resource, now(), tx);
        await join?.(tx);
        await audit.append({ event: 'resource.created', actor: by, details }, tx);
      });
      await invalidation.publish({});
    },
    /** @throws AppError `not_found`, or `conflict` after a concurrent change */
    async update(
      audience: string,
      changes: Partial<Omit<ApiResource, 'audience'>>,
      { by, check }: ResourceChange,
    ): Promise<ApiResource> {
      const before = await find(audience);
      check?.(before);
      const after = { ...before, ...changes, audience };
      checkResource(after);
      const details = { audience, members: Object.keys(changes) };
      await db.transaction(async (tx) => {
        if (changes.detailTypes) await requireOwnTypes(apiResources, after, tx);
        if (!(await apiResources.replace(before, after, tx))) {
          const message = 'The API was changed at the same time. Please try again.';
          throw new AppError('conflict', message);
        }
        await audit.append({ event: 'resource.updated', actor: by, details }, tx);
      });
      await invalidation.publish({});
      return after;
    },
    /** @throws AppError `not_found` */
    async remove(audience: string, by: AuditActor): Promise<void> {
      await find(audience);
      await db.transaction(async (tx) => {
        if (!(await apiResources.remove(audience, tx))) {
          throw new AppError('not_found', 'There is no API with this audience.');
        }
        const details = { audience };
        await audit.append({ event: 'resource.deleted', actor: by, details }, tx);
      });
      await invalidation.publish({});
    },
  };
}

export type ResourceAdministration = ReturnType<typeof createResourceAdministration>;

/**
 * A detail is interpreted by its type alone (RFC 9396 §2), so a type belongs to one API. @throws AppError
 * `conflict`
 */
async function requireOwnTypes(
  apiResources: ApiResourceStore,
  resource: ApiResource,
  tx: Knex,
): Promise<void> {
  if ((resource.detailTypes ?? []).length === 0) return;
  const owner = await apiResources.findOtherOwner(resource, tx);
  if (!owner) return;
  const message = `The API ${owner.audience} already defines the authorization details type ${owner.type}. A type belongs to one API.`;
  throw new AppError('conflict', message);
}
