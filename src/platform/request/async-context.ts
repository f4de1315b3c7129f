// Keeps the asynchronous context of a request for work that an event starts later.
import { AsyncResource } from 'node:async_hooks';

/**
 * Returns the work, to be run in the current asynchronous context. `AsyncLocalStorage.bind` does the
 * same, but each call gives V8 an object type of its own, which stays with everything that the work
 * refers to until the next full garbage collection.
 */
export function keepContext<Parameters extends unknown[], Result>(
  work: (...parameters: Parameters) => Result,
): (...parameters: Parameters) => Result {
  const resource = new AsyncResource('kept context');
  return (...parameters) => resource.runInAsyncScope(work, undefined, ...parameters);
}
