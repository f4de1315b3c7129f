// Writes refused calls into the audit, at a bounded rate: whoever knocks a thousand times leaves a
// few entries and their number, not a thousand rows.
import type { AuditActor } from '#core/audit/audit.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { networkOf } from '#features/passwords/sign-in-throttle.service.ts';

const windowMilliseconds = 60_000;
/** Entries per window: from one network, and from all together. */
const mostOfOne = 20;
const mostOfAll = 300;

export interface Refusal {
  readonly address: string;
  readonly actor: AuditActor;
  /** The route as the table spells it; nothing of the address as it came. */
  readonly route: string;
  readonly status: number;
  readonly code: string;
  /** The scopes that were needed, where one was missing. */
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

export function createRefusals({ audit, log, now }: RefusalDependencies) {
  let window: Window = { endsAt: 0, counts: new Map(), total: 0 };
  let unwritten = 0;

  function mayWrite(address: string): boolean {
    const at = now().getTime();
    if (window.endsAt <= at) {
      window = { endsAt: at + windowMilliseconds, counts: new Map(), total: 0 };
    }
    const network = networkOf(address);
    const count = window.counts.get(network) ?? 0;
    if (count >= mostOfOne || window.total >= mostOfAll) return false;
    window.counts.set(network, count + 1);
    window.total += 1;
    return true;
  }

  return {
    /** A refusal stays one when it can not be written down: that is said in the log. */
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
        log.warn({ event: 'audit.failed', err }, 'a refused call could not be written down');
      }
    },
  };
}

export type Refusals = ReturnType<typeof createRefusals>;
