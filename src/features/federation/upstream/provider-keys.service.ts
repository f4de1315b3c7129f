// Caches the signing keys of a provider. An unknown key id triggers a refresh, at limited rate, so
// that forged tokens cannot cause a request each.
import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import { selectUsable } from '#platform/crypto/verification-keys.ts';

/** How long a key set is cached. */
const rememberedSeconds = 10 * 60;
/** Minimum time between two refreshes caused by unknown keys. */
const minRefreshIntervalSeconds = 30;

export interface ProviderKeyDependencies {
  /** Fetches the current key set. */
  readonly fetchKeys: () => Promise<JSONWebKeySet>;
  readonly now: () => Date;
}

type Find = ReturnType<typeof selectUsable>;

export function createProviderKeys({ fetchKeys, now }: ProviderKeyDependencies) {
  const state: { find?: Find; fetchedAt: number; forcedAt: number } = {
    fetchedAt: 0,
    forcedAt: Number.NEGATIVE_INFINITY,
  };
  const seconds = () => now().getTime() / 1000;

  async function refresh(): Promise<Find> {
    state.find = selectUsable(createLocalJWKSet(await fetchKeys()));
    state.fetchedAt = seconds();
    return state.find;
  }

  /** Key resolver for `jwtVerify` of jose. */
  return async function findKey(
    header?: JWSHeaderParameters,
    token?: FlattenedJWSInput,
  ): Promise<CryptoKey> {
    const isYoung = seconds() - state.fetchedAt < rememberedSeconds;
    const find = isYoung && state.find ? state.find : await refresh();
    try {
      return await find(header, token);
    } catch (error) {
      const isUnknown = error instanceof errors.JWKSNoMatchingKey;
      if (!isUnknown || seconds() - state.forcedAt < minRefreshIntervalSeconds) throw error;
      state.forcedAt = seconds();
      return (await refresh())(header, token);
    }
  };
}

export type ProviderKeys = ReturnType<typeof createProviderKeys>;
