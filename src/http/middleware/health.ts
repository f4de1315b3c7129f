// Health endpoints for load balancers: live while the process can respond, ready while all its
// dependencies are available. The response names failing dependencies; the log has the cause.
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import type { Log } from '#platform/logging/log.ts';

export interface Probe {
  readonly name: string;
  readonly check: () => Promise<void>;
  /**
   * False for a dependency without which most requests still work; readiness is then `degraded`.
   */
  readonly isEssential?: boolean;
}

interface Dependencies {
  readonly addresses: UrlAreas;
  readonly log: Log;
  readonly probes: readonly Probe[];
  readonly isStopping: () => boolean;
  readonly timeoutMs: number;
  /** How long the result of one round of checks is reused. */
  readonly keepMs?: number;
}

async function runBounded(check: () => Promise<void>, timeoutMs: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('probe timed out')), timeoutMs);
  try {
    await Promise.race([check(), late]);
  } finally {
    clearTimeout(timer);
  }
}

export function createHealth(dependencies: Dependencies) {
  const { addresses, log, probes, isStopping, timeoutMs, keepMs = 500 } = dependencies;
  let round: { readonly endsAt: number; readonly failing: Promise<readonly Probe[]> } | undefined;

  async function isFailing({ name, check }: Probe): Promise<boolean> {
    try {
      await runBounded(check, timeoutMs);
      return false;
    } catch (err) {
      log.warn({ event: 'probe.failed', name, err }, 'probe failed');
      return true;
    }
  }

  async function checkAll(): Promise<readonly Probe[]> {
    const results = await Promise.all(probes.map(isFailing));
    return probes.filter((_, position) => results[position]);
  }

  /** Concurrent callers share one round, so frequent polling adds no load. */
  function findFailing(): Promise<readonly Probe[]> {
    if (round && performance.now() < round.endsAt) return round.failing;
    round = { endsAt: performance.now() + keepMs, failing: checkAll() };
    return round.failing;
  }

  async function describeReadiness() {
    if (isStopping()) return { status: 'stopping', failing: [] };
    const failing = await findFailing();
    const names = failing.map(({ name }) => name);
    const isBroken = failing.some(({ isEssential = true }) => isEssential);
    if (isBroken) return { status: 'unready', failing: names };
    return { status: names.length > 0 ? 'degraded' : 'ready', failing: names };
  }

  return async function answerHealth(ctx: Context, next: Next): Promise<void> {
    const path = addresses.shorten(ctx.path ?? '/');
    if (addresses.areaOf(path) !== 'health') return void (await next());
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD')
      throw new AppError('method_not_allowed', 'Health endpoints only support GET and HEAD.');
    ctx['_matchedRoute'] = path;

    const isLiveness = path === '/health/live';
    const report = isLiveness ? { status: 'live' } : await describeReadiness();
    const isHealthy = report.status !== 'unready' && report.status !== 'stopping';
    ctx.status = isHealthy ? 200 : 503;
    if (!isHealthy) ctx.set('Retry-After', '5');
    ctx.body = report;
  };
}
