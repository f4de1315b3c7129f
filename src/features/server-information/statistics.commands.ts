// statistics: counts users, clients, sessions, grants and jobs.
import { describeValues } from '#cli/framework/columns.ts';
import type { Command } from '#cli/framework/command.ts';
import { countLimit, type StatisticsStore } from './statistics.store.ts';

interface Needs {
  readonly serverStatistics: StatisticsStore;
  readonly now: () => Date;
}

export const statisticsCommand: Command<Needs> = {
  name: 'statistics',
  summary: 'Count users, clients, sessions, grants and jobs.',
  options: {},
  async run({ serverStatistics, now }) {
    const counts = await serverStatistics.count(now());
    const shown = Object.entries(counts).map(([name, count]) => [
      name,
      count >= countLimit ? `at least ${countLimit}` : count,
    ]);
    return {
      document: { limit: countLimit, counts },
      text: describeValues(Object.fromEntries(shown)),
    };
  },
};
