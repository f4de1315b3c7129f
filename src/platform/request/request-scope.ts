// Scope of one HTTP request, in which rows are cached between the lookups of oidc-provider, so that
// a flow needs one statement where oidc-provider looks up four times. Nothing outlives the request.
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<Map<symbol, unknown>>();

/** Runs the request in a new scope, or in that of its caller, which may have noted something. */
export function runInRequestScope<T>(work: () => T): T {
  return storage.getStore() ? work() : storage.run(new Map(), work);
}

/** Runs the work in a copy of the current scope, which it does not change. */
export function runInOwnRequestScope<T>(work: () => T): T {
  return storage.run(new Map(storage.getStore()), work);
}

/** Returns a function that runs the work in the current scope, whenever it is called. */
export function bindToRequestScope<T>(work: () => T): () => T {
  const scope = storage.getStore();
  return scope ? () => storage.run(scope, work) : work;
}

/** Returns a typed slot of the current request. Outside a request it stores nothing. */
export function createRequestSlot<T>(name: string): {
  get(): T | undefined;
  set(value: T | undefined): void;
} {
  const key = Symbol(name);
  return {
    get: () => storage.getStore()?.get(key) as T | undefined, // only set() below writes this key
    set(value) {
      storage.getStore()?.set(key, value);
    },
  };
}
