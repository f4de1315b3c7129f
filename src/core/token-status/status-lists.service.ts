// Signs the status lists. A process reads a list at most once a second, and immediately after a revocation
// that it learns of; an unchanged list keeps its signature for minutes.
import { importJWK, SignJWT } from 'jose';
import type { SigningKeySet } from '#core/keys/signing-key-set.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';
import { createTtlCache } from '#platform/ttl-cache.ts';
import {
  encodeStatusList,
  listLifetimeSeconds,
  listTtlSeconds,
  resignSeconds,
  statusListUri,
} from './status-list.ts';
import type { TokenStatusStore } from './token-statuses.store.ts';

export interface StatusListDependencies {
  readonly store: TokenStatusStore;
  readonly signingKeySet: SigningKeySet;
  readonly invalidation: Pick<Invalidation, 'subscribe'>;
  readonly issuer: string;
  readonly now: () => Date;
}

export interface SignedStatusList {
  readonly jwt: string;
  readonly etag: string;
}

/** As in oidc/tokens/resources.ts: every API that verifies tokens supports it. */
const algorithm = 'ES256';
const maxKeptLists = 1000;

export function createStatusLists(dependencies: StatusListDependencies) {
  const { store, invalidation, issuer, now } = dependencies;
  const signed = new Map<string, SignedStatusList>();

  async function load(listId: string): Promise<SignedStatusList | undefined> {
    const revoked = await store.revokedPlaces(listId, now());
    if (!revoked) {
      signed.delete(listId);
      return undefined;
    }
    const content = encodeStatusList(revoked);
    const etag = etagOf(dependencies, content.lst);
    const known = signed.get(listId);
    if (known?.etag === etag) return known;
    const list = { etag, jwt: await sign(dependencies, listId, content) };
    if (signed.size >= maxKeptLists) signed.clear();
    signed.set(listId, list);
    return list;
  }

  const cache = createTtlCache<SignedStatusList | undefined>({ load: oneAtATime(load), now });
  const uris = createTtlCache<readonly string[]>({ load: async () => store.listIds(), now });
  invalidation.subscribe(() => cache.forget());

  return {
    /** `undefined` if there is no such list, or if all its tokens have expired. */
    find: (listId: string): Promise<SignedStatusList | undefined> => cache.get(listId),
    /** The URLs of all lists. */
    async list(): Promise<readonly string[]> {
      return (await uris.get('all')).map((listId) => statusListUri(issuer, listId));
    },
  };
}

export type StatusLists = ReturnType<typeof createStatusLists>;

/**
 * One query of a list at a time, however many revocations there are. A caller never gets the result of a
 * query that began before its call: the queued query is shared, the running one is not.
 */
function oneAtATime<Value>(load: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const running = new Map<string, Promise<Value>>();
  const queued = new Map<string, Promise<Value>>();

  function start(key: string): Promise<Value> {
    queued.delete(key);
    const result = load(key).finally(() => {
      if (running.get(key) === result) running.delete(key);
    });
    running.set(key, result);
    return result;
  }

  return (key) => {
    const current = running.get(key);
    if (!current) return start(key);
    const next = queued.get(key) ?? current.catch(() => undefined).then(() => start(key));
    queued.set(key, next);
    return next;
  };
}

/** Changes with the content, with the keys and every few minutes. It is the same on all nodes. */
function etagOf({ signingKeySet, now }: StatusListDependencies, lst: string): string {
  const period = Math.floor(now().getTime() / 1000 / resignSeconds);
  return `W/"${sha256Text(`${period} ${signingKeySet.version()} ${lst}`).slice(0, 22)}"`;
}

async function sign(
  { signingKeySet, issuer, now }: StatusListDependencies,
  listId: string,
  content: ReturnType<typeof encodeStatusList>,
): Promise<string> {
  const jwk = signingKeySet.current().signing.find(({ alg }) => alg === algorithm);
  if (!jwk) throw new TypeError(`no ${algorithm} key`);
  const at = Math.floor(now().getTime() / 1000);
  return new SignJWT({ ttl: listTtlSeconds, status_list: content })
    .setProtectedHeader({ alg: algorithm, typ: 'statuslist+jwt', kid: String(jwk.kid) })
    .setIssuer(issuer)
    .setSubject(statusListUri(issuer, listId))
    .setIssuedAt(at)
    .setExpirationTime(at + listLifetimeSeconds)
    .sign(await importJWK(jwk, algorithm));
}
