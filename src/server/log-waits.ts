// Logs everything that a request waits for at the level `trace`: statements, Redis, other hosts,
// mail, hashes.
import type { Log } from '#platform/logging/log.ts';
import { keepContext } from '#platform/request/async-context.ts';
import type { Observation } from '#platform/observation/observation.ts';

export function logWaits(log: Log, observation: Observation): void {
  observation.subscribe(({ kind, name }) => {
    if (!log.isLevelEnabled('trace')) return undefined;
    const startedAt = performance.now();
    // The end of a statement arrives on its connection, outside the scope of the request.
    return keepContext((err?: unknown) => {
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      const line = { event: 'operation.ended', operation: kind, name, ms };
      log.trace(err === undefined ? line : { ...line, err }, 'an operation ended');
    });
  });
}
