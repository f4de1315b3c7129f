// Manages the trusted issuers of software statements on behalf of an operator, and finds their keys.
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { selectUsable } from '#platform/crypto/verification-keys.ts';
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import type { OutboundAddresses, OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import { RegistrationRefusal } from '#features/client-registration/registration-refusal.ts';
import { maxIssuerLength, type StatementIssuer, type StatementKeys } from './statement-issuers.ts';
import type { StatementIssuerStore } from './statement-issuers.store.ts';

export interface StatementIssuerDependencies {
  readonly db: Database;
  readonly statementIssuerStore: StatementIssuerStore;
  readonly audit: Audit;
  readonly fetch: OutboundFetch;
  readonly addresses: OutboundAddresses;
  readonly now: () => Date;
}

/** The members of a request, before they are checked. */
export interface RequestedIssuer {
  readonly issuer: string;
  readonly jwksUri?: string | undefined;
  readonly jwks?: unknown;
  readonly description?: string | undefined;
}

const fetchMilliseconds = 2500;

export function createStatementIssuers(dependencies: StatementIssuerDependencies) {
  const { db, statementIssuerStore: store, audit, fetch, addresses, now } = dependencies;

  return {
    /** @throws AppError `not_found` */
    async find(issuer: string): Promise<StatementIssuer> {
      const trusted = await store.find(issuer);
      if (trusted) return trusted;
      throw notTrusted();
    },
    /** In alphabetical order. */
    async list({ after, limit }: PageRequest): Promise<Page<StatementIssuer>> {
      const found = await store.list(after?.[0] ?? '', limit + 1);
      return cutPage(found, limit, ({ issuer }) => [issuer]);
    },
    /**
     * @param join runs in the transaction of the creation
     * @throws AppError `invalid_input` or `conflict`
     */
    async trust(
      requested: RequestedIssuer,
      by: AuditActor,
      join?: (trusted: StatementIssuer, tx: Knex) => Promise<void>,
    ): Promise<StatementIssuer> {
      const { issuer, description } = requested;
      if (!/^[\x21-\x7e]+$/.test(issuer) || issuer.length > maxIssuerLength) {
        const message = `issuer must be up to ${maxIssuerLength} printable ASCII characters.`;
        throw new AppError('invalid_input', message);
      }
      const keys = readKeys(requested, addresses);
      const trusted = { issuer, keys, description, createdAt: now() };
      await db.transaction(async (tx) => {
        await store.insert(trusted, tx);
        await join?.(trusted, tx);
        const event = 'software_statement_issuer.created';
        await audit.append({ event, actor: by, details: { issuer } }, tx);
      });
      return trusted;
    },
    /** Clients that were registered with its statements are kept. @throws AppError `not_found` */
    async distrust(issuer: string, by: AuditActor): Promise<void> {
      await db.transaction(async (tx) => {
        if (!(await store.remove(issuer, tx))) throw notTrusted();
        const event = 'software_statement_issuer.deleted';
        await audit.append({ event, actor: by, details: { issuer } }, tx);
      });
    },
    /**
     * The keys of an issuer, fetched anew for each registration, since these are rare; `undefined`
     * if the issuer is not trusted.
     * @throws RegistrationRefusal if the keys cannot be fetched
     */
    async findKeys(issuer: string): Promise<ReturnType<typeof selectUsable> | undefined> {
      const trusted = await store.find(issuer);
      if (!trusted) return undefined;
      const { keys } = trusted;
      const known = 'jwks' in keys ? keys.jwks : await fetchKeys(fetch, keys.jwksUri);
      return selectUsable(createLocalJWKSet(known));
    },
  };
}

export type StatementIssuers = ReturnType<typeof createStatementIssuers>;

function notTrusted(): AppError {
  return new AppError('not_found', 'This issuer of software statements is not trusted.');
}

async function fetchKeys(fetch: OutboundFetch, url: string): Promise<JSONWebKeySet> {
  try {
    const signal = AbortSignal.timeout(fetchMilliseconds);
    const answer = await fetch(url, { headers: { accept: 'application/json' }, signal });
    const keys: unknown = answer.status === 200 ? await answer.json() : undefined;
    if (isKeySet(keys)) return keys;
    throw new TypeError('the response has no key set');
  } catch (cause) {
    const message = 'The keys of the issuer of the software statement cannot be fetched.';
    throw new RegistrationRefusal('invalid_software_statement', message, { cause });
  }
}

/** @throws AppError `invalid_input` */
function readKeys({ jwks, jwksUri }: RequestedIssuer, addresses: OutboundAddresses): StatementKeys {
  if ((jwks === undefined) === (jwksUri === undefined)) {
    throw new AppError('invalid_input', 'Either jwks or jwks_uri is required.');
  }
  if (jwksUri === undefined) {
    if (isKeySet(jwks) && !jwks.keys.some((key) => 'd' in key || 'k' in key)) return { jwks };
    throw new AppError('invalid_input', 'jwks must be a set of public keys (RFC 7517).');
  }
  const url = URL.parse(jwksUri);
  if (url?.protocol === 'https:' && !addresses.isRefused(url)) return { jwksUri: url.href };
  throw new AppError('invalid_input', 'jwks_uri must be an https URL of a public address.');
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  if (typeof value !== 'object' || value === null || !('keys' in value)) return false;
  const { keys } = value;
  const isKey = (key: unknown) => typeof key === 'object' && key !== null && 'kty' in key;
  return Array.isArray(keys) && keys.length > 0 && keys.every(isKey);
}
