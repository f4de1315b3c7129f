// Counts the lookups of in-memory caches.
import type { Metrics } from './metrics.ts';

const lookups = {
  name: 'ostiary_cache_lookups_total',
  help: 'Lookups in caches of a process, by whether a copy was found.',
  labels: { cache: { atMost: 20 }, result: ['hit', 'miss'] },
} as const;

/** Creates the callback `lookedUp` of a cache; `cache` is its name. */
export function countLookups(metrics: Metrics, cache: string): (isHit: boolean) => void {
  const counter = metrics.counter(lookups);
  for (const result of ['hit', 'miss'] as const) counter.add({ cache, result }, 0);
  return (isHit) => counter.add({ cache, result: isHit ? 'hit' : 'miss' });
}
