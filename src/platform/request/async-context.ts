// Keeps the asynchronous context of a request for work that an event starts later.
import { AsyncResource } from 'node:async_hooks';

/**
 * Returns a function that runs the work in the current asynchronous context. `AsyncLocalStorage.bind`
 * does the same, but each call creates a hidden class of its own in V8, which stays until the next full
 * garbage collection, with everything that the work refers to.
 */
export function keepContext<Parameters extends unknown[], Result>(
  work: (...parameters: Parameters) => Result,
): (...parameters: Parameters) => Result {
  const resource = new AsyncResource('kept context');
  return (...parameters) => resource.runInAsyncScope(work, undefined, ...parameters);
}
