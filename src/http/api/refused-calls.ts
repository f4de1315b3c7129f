// Writes refused calls to the audit log at a bounded rate: a caller that is refused a thousand
// times adds a few entries and a count, not a thousand rows.
import type { AuditActor } from '#core/audit/audit.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { networkOf } from '#platform/request/network.ts';

const windowMilliseconds = 60_000;
/** Maximum entries per window, from one network and in total. */
const maxPerNetwork = 20;
const maxPerWindow = 300;

export interface Refusal {
  readonly address: string;
  readonly actor: AuditActor;
  /** The route pattern, never the requested URL. */
  readonly route: string;
  readonly status: number;
  readonly code: string;
  /** The required scopes, if one was missing. */
  readonly scope?: string | undefined;
}

export interface RefusalDependencies {
  readonly audit: Audit;
  readonly log: Log;
  readonly now: () => Date;
}

interface Window {
  readonly endsAt: number;
  readonly counts: Map<string, number>;
  total: number;
}

export function createRefusedCalls({ audit, log, now }: RefusalDependencies) {
  let window: Window = { endsAt: 0, counts: new Map(), total: 0 };
  let unwritten = 0;

  function mayWrite(address: string): boolean {
    const at = now().getTime();
    if (window.endsAt <= at) {
      window = { endsAt: at + windowMilliseconds, counts: new Map(), total: 0 };
    }
    const network = networkOf(address);
    const count = window.counts.get(network) ?? 0;
    if (count >= maxPerNetwork || window.total >= maxPerWindow) return false;
    window.counts.set(network, count + 1);
    window.total += 1;
    return true;
  }

  return {
    /**
     * Records a refusal. If the audit log is unavailable, the call is still refused and the error
     * is logged.
     */
    async note({ address, actor, ...details }: Refusal): Promise<void> {
      if (!mayWrite(address)) {
        unwritten += 1;
        return;
      }
      const earlier = unwritten;
      unwritten = 0;
      try {
        const more = earlier > 0 ? { unwritten: earlier } : {};
        await audit.append({ event: 'api.refused', actor, details: { ...details, ...more } });
      } catch (err) {
        unwritten += earlier + 1;
        log.warn({ event: 'audit.failed', err }, 'failed to write a refused call to the audit log');
      }
    },
  };
}

export type RefusedCalls = ReturnType<typeof createRefusedCalls>;
