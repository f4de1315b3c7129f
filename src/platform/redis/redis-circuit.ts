// Owns the knowledge whether Redis answers: open means "do not even ask". While open, a probe in
// the background asks again and again, so that no request has to pay for finding out.
// Leaves deadlines, commands and their errors to redis.ts.
import type { Log } from '#platform/logging/log.ts';

/** Milliseconds between two probes, so also about how long calls fail at once after a hiccup. */
export const probeEveryMs = 250;
/** Milliseconds in which a trouble of one kind is logged once only. */
export const logEveryMs = 10_000;

interface Dependencies {
  readonly log: Log;
  /** Resolves when Redis has answered, rejects otherwise; must never hang. */
  readonly probe: () => Promise<unknown>;
}

export function createCircuit({ log, probe }: Dependencies) {
  let reason: unknown;
  let isOpen = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const report = createReport(log);

  async function check(): Promise<void> {
    try {
      await probe();
      close();
    } catch {
      if (isOpen) timer = setTimeout(() => void check(), probeEveryMs).unref();
    }
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(timer);
    report.state('returned');
  }

  return {
    isOpen: (): boolean => isOpen,
    /** Why it is open; the newest reason. */
    reason: (): unknown => reason,
    close,

    /** The first probe goes out at once: a pause of this process must not count against Redis. */
    open(cause: unknown): void {
      reason = cause;
      if (isOpen || isStopped) return;
      isOpen = true;
      report.state('lost', cause);
      void check();
    },

    /** Redis answered, but with a refusal (out of memory, read-only, loading). */
    noteRefusal(cause: unknown): void {
      report.refusal(cause);
    },

    /** Ends the probes for good. */
    stop(): void {
      isStopped = true;
      isOpen = false;
      clearTimeout(timer);
    },
  };
}

/** A flapping server must not flood the log, but the last line must always tell the truth. */
function createReport(log: Log) {
  const quiet = new Set<string>();
  let shown = 'returned';
  let current: { readonly name: 'lost' | 'returned'; readonly cause?: unknown } = {
    name: 'returned',
  };

  function mayLog(kind: string): boolean {
    if (quiet.has(kind)) return false;
    quiet.add(kind);
    setTimeout(() => {
      quiet.delete(kind);
      showState();
    }, logEveryMs).unref();
    return true;
  }

  function showState(): void {
    const { name, cause } = current;
    if (name === shown || !mayLog(name)) return;
    shown = name;
    if (name === 'returned') log.info({ event: 'redis.returned' }, 'Redis answers again');
    else log.error({ event: 'redis.lost', err: cause }, 'Redis does not answer');
  }

  return {
    state(name: 'lost' | 'returned', cause?: unknown): void {
      current = { name, cause };
      showState();
    },

    refusal(cause: unknown): void {
      if (mayLog('refused')) log.error({ event: 'redis.refused', err: cause }, 'Redis refused');
    },
  };
}
