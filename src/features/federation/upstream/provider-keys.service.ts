// The keys with which a provider signs, as it publishes them: remembered for a while, and fetched
// once more for a key that is not among them, though not each time somebody invents one.
import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';

/** How long a set is good without being asked for again. */
const rememberedSeconds = 10 * 60;
/** The least time between two sets that an unknown key made us fetch. */
const coolingSeconds = 30;

export interface ProviderKeyDependencies {
  /** Reads the set anew. */
  readonly fetchKeys: () => Promise<JSONWebKeySet>;
  readonly now: () => Date;
}

type Find = ReturnType<typeof createLocalJWKSet>;

export function createProviderKeys({ fetchKeys, now }: ProviderKeyDependencies) {
  const state: { find?: Find; fetchedAt: number; forcedAt: number } = {
    fetchedAt: 0,
    forcedAt: Number.NEGATIVE_INFINITY,
  };
  const seconds = () => now().getTime() / 1000;

  async function refresh(): Promise<Find> {
    state.find = createLocalJWKSet(await fetchKeys());
    state.fetchedAt = seconds();
    return state.find;
  }

  /** For jose: the key that a signature names. */
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
      if (!isUnknown || seconds() - state.forcedAt < coolingSeconds) throw error;
      state.forcedAt = seconds();
      return (await refresh())(header, token);
    }
  };
}

export type ProviderKeys = ReturnType<typeof createProviderKeys>;
