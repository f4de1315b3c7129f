// Creates, lists and revokes initial access tokens on behalf of an operator.
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { randomToken, sha256Text } from '#platform/crypto/hashing.ts';
import { timeOrderedUuid } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import {
  initialTokenPrefix,
  type InitialAccessToken,
  type RequestedToken,
} from './initial-access-tokens.ts';
import type { InitialAccessTokenStore } from './initial-access-tokens.store.ts';

export interface InitialAccessTokenDependencies {
  readonly db: Database;
  readonly initialAccessTokenStore: InitialAccessTokenStore;
  readonly audit: Audit;
  readonly now: () => Date;
}

/** The new token, with its value, which is not shown again. */
export type NewInitialAccessToken = InitialAccessToken & { readonly plainToken: string };

export function createInitialAccessTokens(dependencies: InitialAccessTokenDependencies) {
  const { db, initialAccessTokenStore: store, audit, now } = dependencies;

  async function find(id: string): Promise<InitialAccessToken> {
    const token = await store.find(id);
    if (token) return token;
    throw new AppError('not_found', 'There is no initial access token with this id.');
  }

  return {
    /** @throws AppError `not_found` */
    find,
    /** In the order of creation. */
    async list({ after, limit }: PageRequest): Promise<Page<InitialAccessToken>> {
      return cutPage(await store.list(after?.[0], limit + 1), limit, ({ id }) => [id]);
    },
    /** @param join runs in the transaction of the creation */
    async create(
      { description, maxUses, lifetimeSeconds }: RequestedToken,
      by: AuditActor,
      join?: (created: InitialAccessToken, tx: Knex) => Promise<void>,
    ): Promise<NewInitialAccessToken> {
      const createdAt = now();
      const expiresAt = new Date(createdAt.getTime() + lifetimeSeconds * 1000);
      const id = timeOrderedUuid(createdAt);
      const token = { id, description, maxUses, uses: 0, createdAt, expiresAt };
      const plainToken = `${initialTokenPrefix}${randomToken()}`;
      await db.transaction(async (tx) => {
        await store.insert({ ...token, tokenHash: sha256Text(plainToken) }, tx);
        await join?.(token, tx);
        const details = { initialAccessToken: id, maxUses, lifetimeSeconds };
        await audit.append({ event: 'initial_access_token.created', actor: by, details }, tx);
      });
      return { ...token, plainToken };
    },
    /** Clients that were registered with it are kept. @throws AppError `not_found` */
    async revoke(id: string, by: AuditActor): Promise<void> {
      await find(id);
      await db.transaction(async (tx) => {
        if (!(await store.remove(id, tx))) {
          throw new AppError('not_found', 'There is no initial access token with this id.');
        }
        const details = { initialAccessToken: id };
        await audit.append({ event: 'initial_access_token.revoked', actor: by, details }, tx);
      });
    },
  };
}

export type InitialAccessTokens = ReturnType<typeof createInitialAccessTokens>;
