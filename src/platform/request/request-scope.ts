// What one HTTP request has read so far: a place to remember rows between the engine's look-ups, so
// that a flow costs one statement where the engine asks four times. Nothing outlives the request.
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<Map<symbol, unknown>>();

/** Runs the request inside a scope of its own. */
export function runInRequestScope<T>(work: () => T): T {
  return storage.run(new Map(), work);
}

/** A typed slot of the current request; outside a request it forgets everything at once. */
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
