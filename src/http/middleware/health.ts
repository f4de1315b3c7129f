// Answers load balancers: alive as long as we can answer at all, ready while everything a request
// needs is there. Names of parts only; why one fails is in the log.
import type { Addresses } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import type { Log } from '#platform/logging/log.ts';

export interface Probe {
  readonly name: string;
  readonly check: () => Promise<void>;
  /** False for a part without which most requests still work; ready then says `degraded`. */
  readonly isEssential?: boolean;
}

interface Dependencies {
  readonly addresses: Addresses;
  readonly log: Log;
  readonly probes: readonly Probe[];
  readonly isStopping: () => boolean;
  readonly timeoutMs: number;
  /** One round of checks answers all who ask within this time. */
  readonly keepMs?: number;
}

async function runBounded(check: () => Promise<void>, timeoutMs: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
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
      log.warn({ event: 'probe.failed', name, err }, 'a part does not answer');
      return true;
    }
  }

  async function checkAll(): Promise<readonly Probe[]> {
    const results = await Promise.all(probes.map(isFailing));
    return probes.filter((_, position) => results[position]);
  }

  /** Everybody who asks meanwhile shares one round: asking often costs nothing. */
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
      throw new AppError('method_not_allowed', 'Health can only be read.');
    ctx['_matchedRoute'] = path;

    const isLiveness = path === '/health/live';
    const report = isLiveness ? { status: 'live' } : await describeReadiness();
    const isHealthy = report.status !== 'unready' && report.status !== 'stopping';
    ctx.status = isHealthy ? 200 : 503;
    if (!isHealthy) ctx.set('Retry-After', '5');
    ctx.body = report;
  };
}
