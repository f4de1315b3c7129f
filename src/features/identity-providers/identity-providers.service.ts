// Creates, changes and deletes identity providers on behalf of an operator.
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { AuditActor, AuditEvent } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import { openSecret, sealSecret, type ActiveProviders } from './active-providers.service.ts';
import { refuseConflict } from './provider-conflicts.service.ts';
import type { IdentityProviderStore } from './identity-providers.store.ts';
import {
  defined,
  maxStoredProviders,
  readProvider,
  type ProviderChanges,
  type ProviderEntry,
  type ProviderOptions,
  type ProviderSecret,
  type ProviderUsage,
  type StoredProvider,
} from './identity-providers.ts';

export interface IdentityProviderDependencies {
  readonly db: Database;
  readonly store: IdentityProviderStore;
  readonly activeProviders: ActiveProviders;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly keyring: Keyring;
  /** In production, every issuer must use https. */
  readonly requiresTls: boolean;
  readonly now: () => Date;
}

export interface NewProvider {
  readonly entry: ProviderEntry;
  readonly secret: ProviderSecret;
  readonly enabled: boolean;
}

export interface ProviderChange {
  readonly by: AuditActor;
  /** Receives the provider as it is before the change, and throws to refuse the change. */
  readonly check?: (before: StoredProvider) => void;
}

type Details = Readonly<Record<string, unknown>>;

/** In its own transaction, or in that of the caller, who then calls `announce`. */
type Within = Knex.Transaction | undefined;

export function createIdentityProviders(dependencies: IdentityProviderDependencies) {
  const { db, store, activeProviders, invalidation } = dependencies;

  /** After the commit: this process uses the change at once, the others within a second. */
  async function announce(): Promise<void> {
    await activeProviders.load();
    await invalidation.publish({});
  }

  async function commit<Value>(
    work: (tx: Knex.Transaction) => Promise<Value>,
    tx: Within,
  ): Promise<Value> {
    if (tx) return work(tx);
    const value = await db.transaction(work);
    await announce();
    return value;
  }

  return {
    announce,
    /** In the order of creation, whether or not they are enabled. */
    list: (tx?: Knex): Promise<readonly StoredProvider[]> => store.list(tx),
    /** @throws AppError `not_found`, `conflict` for a provider of the setting */
    find: (id: string, tx?: Knex): Promise<StoredProvider> => find(dependencies, id, tx),
    /** The users who are affected when the provider can no longer be used. */
    usage: (issuer: string): Promise<ProviderUsage> =>
      store.usage(
        issuer,
        activeProviders.list.map((each) => each.issuer),
      ),
    /**
     * @param join runs in the transaction of the creation
     * @throws AppError `invalid_input`, `conflict`
     */
    create: (
      made: NewProvider,
      by: AuditActor,
      join?: (created: StoredProvider, tx: Knex) => Promise<void>,
      tx?: Knex.Transaction,
    ): Promise<StoredProvider> =>
      commit(async (within) => {
        const created = await create(dependencies, made, by, within);
        await join?.(created, within);
        return created;
      }, tx),
    /** @throws AppError `not_found`, `invalid_input`, `conflict` */
    update: (
      id: string,
      changes: ProviderChanges,
      change: ProviderChange,
      tx?: Knex.Transaction,
    ): Promise<StoredProvider> =>
      commit((within) => update(dependencies, { id, changes, change }, within), tx),
    /**
     * Linked accounts stay linked, and work again if a provider with this issuer is added.
     * @throws AppError `not_found`, `conflict`
     */
    remove: (id: string, change: ProviderChange, tx?: Knex.Transaction): Promise<StoredProvider> =>
      commit((within) => remove(dependencies, id, change, within), tx),
  };
}

export type IdentityProviders = ReturnType<typeof createIdentityProviders>;

async function find(
  { store, activeProviders }: IdentityProviderDependencies,
  id: string,
  tx?: Knex,
): Promise<StoredProvider> {
  const found = (await store.list(tx)).find((each) => each.id === id);
  if (found) return found;
  if (activeProviders.configured.some((each) => each.id === id)) {
    const message = `${id} is set by the operator's settings (SIGN_IN_PROVIDERS), and is changed there.`;
    throw new AppError('conflict', message);
  }
  throw new AppError('not_found', 'There is no identity provider with this id.');
}

async function create(
  dependencies: IdentityProviderDependencies,
  { entry, secret, enabled }: NewProvider,
  by: AuditActor,
  tx: Knex.Transaction,
): Promise<StoredProvider> {
  const { store, keyring, now } = dependencies;
  const provider = readProvider(entry, secret);
  await store.lock(tx);
  const others = await store.list(tx);
  if (others.length >= maxStoredProviders) {
    throw new AppError('conflict', `There are ${maxStoredProviders} providers already.`);
  }
  refuseConflict(dependencies, provider, { enabled, others });
  const { id, issuer, ...options } = entry;
  const credential = sealSecret(keyring, id, secret);
  const at = now();
  const made = { id, issuer, options: optionsOf(options), credential, enabled };
  const created = { ...made, revision: randomUUID(), createdAt: at, updatedAt: at };
  await store.insert(created, tx);
  await record(dependencies, { event: 'provider.created', id, by }, { issuer, enabled }, tx);
  return created;
}

interface Update {
  readonly id: string;
  readonly changes: ProviderChanges;
  readonly change: ProviderChange;
}

async function update(
  dependencies: IdentityProviderDependencies,
  { id, changes, change }: Update,
  tx: Knex.Transaction,
): Promise<StoredProvider> {
  const { store, keyring, now } = dependencies;
  await store.lock(tx);
  const before = await find(dependencies, id, tx);
  change.check?.(before);
  const { secret, enabled = before.enabled, ...members } = changes;
  const { issuer } = before;
  const options = optionsOf(merge(before.options, members));
  const used = secret ?? openSecret(keyring, before);
  const provider = readProvider({ ...options, id, issuer }, used);
  const others = (await store.list(tx)).filter((each) => each.id !== id);
  refuseConflict(dependencies, provider, { enabled, others });
  const credential = secret ? sealSecret(keyring, id, secret) : before.credential;
  const state = { options, credential, enabled, revision: randomUUID(), updatedAt: now() };
  const after = { ...before, ...state };
  if (!(await store.update(before, after, tx))) throw changedMeanwhile();
  const details = { members: Object.keys(changes), enabled };
  await record(dependencies, { event: 'provider.updated', id, by: change.by }, details, tx);
  return after;
}

async function remove(
  dependencies: IdentityProviderDependencies,
  id: string,
  { by, check }: ProviderChange,
  tx: Knex.Transaction,
): Promise<StoredProvider> {
  const found = await find(dependencies, id, tx);
  check?.(found);
  if (!(await dependencies.store.remove(found, tx))) throw changedMeanwhile();
  const { issuer } = found;
  await record(dependencies, { event: 'provider.deleted', id, by }, { issuer }, tx);
  return found;
}

async function record(
  { audit }: IdentityProviderDependencies,
  { event, id, by }: { event: AuditEvent; id: string; by: AuditActor },
  details: Details,
  tx: Knex,
): Promise<void> {
  await audit.append({ event, actor: by, details: { provider: id, ...details } }, tx);
}

function changedMeanwhile(): AppError {
  const message = 'The identity provider was changed at the same time. Please try again.';
  return new AppError('conflict', message);
}

/** `undefined` keeps a member, `null` removes it. */
function merge(before: ProviderOptions, changes: Omit<ProviderChanges, 'secret' | 'enabled'>) {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...before, ...Object.fromEntries(given) };
}

function optionsOf(options: {
  readonly [Name in keyof ProviderOptions]: unknown;
}): ProviderOptions {
  // readProvider() checks the values; `defined` only leaves out what is not set.
  return defined(options) as ProviderOptions;
}
