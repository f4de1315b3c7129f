// The signing keys in the memory of this process. When another node rotates them, this process reloads them
// on a message or, half a second later at the latest, by polling.
import type { LoadedKeys, SigningKeys } from './signing-keys.service.ts';
import type { SigningKeyState } from './signing-keys.ts';

export type KeySetListener = (keys: LoadedKeys) => void;

/** Minimum time between two reloads because of tokens with an unknown key. */
const reloadMilliseconds = 1000;

export function createSigningKeySet({ signingKeys }: { readonly signingKeys: SigningKeys }) {
  const listeners: KeySetListener[] = [];
  let current: LoadedKeys | undefined;
  let version = '';
  let loading: Promise<void> = Promise.resolve();
  let reloadedAt = 0;

  async function loadChanged(): Promise<void> {
    // Read first: a change during the load is noticed by the next one.
    const found = versionOf(await signingKeys.list());
    if (current && found === version) return;
    const loaded = await signingKeys.load();
    version = found;
    current = loaded;
    for (const listener of listeners) listener(loaded);
  }

  /** Loads run one after the other, so that an older result never replaces a newer one. */
  function load(): Promise<void> {
    loading = loading.catch(() => undefined).then(loadChanged);
    return loading;
  }

  return {
    /** Generates missing keys, and loads those that changed. */
    load,
    /** Loads changed keys, if they were loaded before: most commands need none. */
    async refresh(): Promise<void> {
      if (current) await load();
    },
    /** @throws TypeError before the first `load` */
    current(): LoadedKeys {
      if (current) return current;
      throw new TypeError('the signing keys are not loaded yet');
    },
    /** Changes whenever the keys change. */
    version: (): string => version,
    /** Called at once with the current keys, and then whenever they change. */
    subscribe(listener: KeySetListener): void {
      listeners.push(listener);
      if (current) listener(current);
    },
    /** For a token whose key this process does not know: another node may have created it. */
    async loadUnknown(): Promise<void> {
      const at = performance.now();
      if (reloadedAt !== 0 && at - reloadedAt < reloadMilliseconds) return;
      reloadedAt = at;
      await load();
    },
  };
}

export type SigningKeySet = ReturnType<typeof createSigningKeySet>;

function versionOf(keys: readonly SigningKeyState[]): string {
  return keys.map(({ kid, status, isRevoked }) => `${kid} ${status} ${isRevoked}`).join();
}
