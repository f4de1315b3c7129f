// Circuit breaker for Redis. While it is open, commands fail immediately and a background probe
// checks for recovery, so that no request has to wait to find out. Deadlines and errors of commands
// are in redis.ts.
import type { Log } from '#platform/logging/log.ts';

/** Milliseconds between two probes, and so roughly how long commands fail after a short outage. */
export const probeEveryMs = 250;
/** Interval in milliseconds in which each kind of problem is logged at most once. */
export const logEveryMs = 10_000;

interface Dependencies {
  readonly log: Log;
  /** Resolves when Redis has answered and rejects otherwise; must never hang. */
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
    /** The most recent reason why the circuit was opened. */
    reason: (): unknown => reason,
    close,

    /**
     * The first probe is sent at once: a pause of this process must not count as an outage of
     * Redis.
     */
    open(cause: unknown): void {
      reason = cause;
      if (isOpen || isStopped) return;
      isOpen = true;
      report.state('lost', cause);
      void check();
    },

    /** Redis answered with an error (out of memory, read-only, loading). */
    noteRefusal(cause: unknown): void {
      report.refusal(cause);
    },

    /** Stops all probes permanently. */
    stop(): void {
      isStopped = true;
      isOpen = false;
      clearTimeout(timer);
    },
  };
}

/**
 * A flapping server must not flood the log, but the last line must always reflect the current
 * state.
 */
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
    if (name === 'returned') log.info({ event: 'redis.returned' }, 'Redis responds again');
    else log.error({ event: 'redis.lost', err: cause }, 'Redis does not respond');
  }

  return {
    state(name: 'lost' | 'returned', cause?: unknown): void {
      current = { name, cause };
      showState();
    },

    refusal(cause: unknown): void {
      if (mayLog('refused'))
        log.error({ event: 'redis.refused', err: cause }, 'Redis refused a command');
    },
  };
}
