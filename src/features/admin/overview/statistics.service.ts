// Figures of the last day for the overview. They are cached for some seconds, so that several administrators
// cost no more than one; past hours are counted only once.
import type { AuditEvent } from '#core/audit/audit.ts';
import type { HourCount, StatisticsStore, Totals } from './statistics.store.ts';

export interface Statistics {
  readonly totals: Totals;
  /** The start of each hour, oldest first; every series has one value per hour. */
  readonly hours: readonly Date[];
  readonly signIns: readonly number[];
  readonly refusals: readonly number[];
  readonly consents: readonly number[];
  readonly families: readonly number[];
  readonly reuses: number;
  readonly at: Date;
}

export interface StatisticsDependencies {
  readonly store: StatisticsStore;
  readonly now: () => Date;
}

const hourMilliseconds = 3_600_000;
const shownHours = 24;
const freshMilliseconds = 10_000;
/** A transaction that began in an hour may commit in the next. */
const openHours = 2;

const succeeded = ['sign_in.succeeded'] as const;
const refused = ['sign_in.refused', 'sign_in.throttled', 'factor.refused'] as const;
const events: readonly AuditEvent[] = [
  ...succeeded,
  ...refused,
  'consent.given',
  'refresh_token.reused',
];

export function createStatistics({ store, now }: StatisticsDependencies) {
  let known: { readonly until: number; readonly value: Promise<Statistics> } | undefined;
  let finished: { readonly until: Date; readonly counts: readonly HourCount[] } | undefined;

  /** Counts since `from`; only the most recent hours are read again. */
  async function countEvents(from: Date, newest: number): Promise<readonly HourCount[]> {
    const kept = (finished?.counts ?? []).filter(({ hour }) => hour >= from);
    const since = finished && finished.until > from ? finished.until : from;
    const counts = [...kept, ...(await store.eventsByHour(since, events))];
    const until = new Date(newest - (openHours - 1) * hourMilliseconds);
    finished = { until, counts: counts.filter(({ hour }) => hour < until) };
    return counts;
  }

  async function load(at: Date): Promise<Statistics> {
    const newest = Math.floor(at.getTime() / hourMilliseconds) * hourMilliseconds;
    const hours = Array.from(
      { length: shownHours },
      (_, index) => new Date(newest - (shownHours - 1 - index) * hourMilliseconds),
    );
    const from = hours[0] ?? at;
    const [totals, counts, families] = await Promise.all([
      store.totals(at),
      countEvents(from, newest),
      store.familiesByHour(from),
    ]);
    const series = (names: readonly AuditEvent[]) =>
      spread(
        hours,
        counts.filter(({ event }) => names.includes(event)),
      );
    return {
      totals,
      hours,
      signIns: series(succeeded),
      refusals: series(refused),
      consents: series(['consent.given']),
      families: spread(hours, families),
      reuses: sum(series(['refresh_token.reused'])),
      at,
    };
  }

  return {
    read(): Promise<Statistics> {
      const at = now();
      if (known && known.until > at.getTime()) return known.value;
      const value = load(at);
      known = { until: at.getTime() + freshMilliseconds, value };
      value.catch(() => {
        known = undefined;
      });
      return value;
    },
  };
}

export type StatisticsService = ReturnType<typeof createStatistics>;

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function spread(
  hours: readonly Date[],
  counts: readonly { readonly hour: Date; readonly count: number }[],
): readonly number[] {
  return hours.map((hour) =>
    sum(counts.filter((each) => each.hour.getTime() === hour.getTime()).map(({ count }) => count)),
  );
}
