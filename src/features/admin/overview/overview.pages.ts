// The overview: figures and charts of the last day, and what needs attention.
import type { AccountStatusStore } from '#features/account-overview/account-status.store.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { plural, relativeTime, showNumber } from '#features/admin/page/formatting.ts';
import type { Block, PanelPage } from '#features/admin/page/page-model.ts';
import type { StatsBlock } from '#features/admin/page/picture-blocks.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import {
  addFirstSteps,
  firstStepBlocks,
  firstSteps,
  type FirstStepDependencies,
} from './first-steps.pages.ts';
import { sum, type Statistics, type StatisticsService } from './statistics.service.ts';

export interface OverviewDependencies extends FirstStepDependencies {
  readonly panelStatistics: StatisticsService;
  readonly signingKeys: SigningKeys;
  readonly accountStatus: AccountStatusStore;
  readonly now: () => Date;
}

export function addOverview(panel: Panel, dependencies: OverviewDependencies): void {
  const { panelStatistics, signingKeys, now } = dependencies;
  addFirstSteps(panel, dependencies);

  panel.page({
    path: panelPath,
    scope: 'users:read',
    async show(_ctx, visit) {
      const [figures, keys, steps, charts] = await Promise.all([
        panelStatistics.read(),
        signingKeys.list(),
        firstSteps(dependencies, visit),
        loadCharts(),
      ]);
      const active = keys.filter(({ status }) => status === 'active');
      const page: PanelPage = {
        title: 'Overview',
        lead: 'Activity over the last 24 hours (UTC)',
        blocks: [
          ...firstStepBlocks(steps, 'First steps: '),
          totalsOf(figures, active, now()),
          signInChart(figures, charts),
          tokenChart(figures, charts),
        ],
      };
      return page;
    },
  });
}

/** Loaded on first use, because most processes never draw a chart. */
const loadCharts = () => import('#features/admin/page/chart.ts');
type Stat = StatsBlock['stats'][number];
type SigningKey = Awaited<ReturnType<SigningKeys['list']>>[number];
type Charts = Awaited<ReturnType<typeof loadCharts>>;

function totalsOf(figures: Statistics, keys: readonly SigningKey[], now: Date): StatsBlock {
  const { users, blockedUsers, activeSessions, clients, waitingJobs, deadJobs, oldestJobAt } =
    figures.totals;
  const waiting = oldestJobAt
    ? `waiting, oldest ${relativeTime(oldestJobAt, now).text}`
    : 'nothing waiting';
  return {
    kind: 'stats',
    stats: [
      {
        label: 'Users',
        value: showNumber(users),
        hint: `${showNumber(blockedUsers)} blocked`,
        href: `${panelPath}/users`,
      },
      {
        label: 'Sessions',
        value: showNumber(activeSessions),
        hint: plural(sum(figures.signIns), 'sign-in'),
        href: `${panelPath}/sessions`,
      },
      {
        label: 'Clients',
        value: showNumber(clients),
        hint: 'registered',
        href: `${panelPath}/clients`,
      },
      {
        label: 'Token reuse',
        value: showNumber(figures.reuses),
        hint: `token ${figures.reuses === 1 ? 'family' : 'families'} revoked`,
        href: `${panelPath}/audit?event=refresh_token.reused`,
        tone: figures.reuses > 0 ? 'danger' : undefined,
      },
      {
        label: 'Outbox',
        value: showNumber(deadJobs > 0 ? deadJobs : waitingJobs),
        hint: deadJobs > 0 ? 'failed permanently' : waiting,
        href: `${panelPath}/outbox`,
        tone: deadJobs > 0 ? 'danger' : undefined,
      },
      keyStat(keys, now),
    ],
  };
}

function keyStat(keys: readonly SigningKey[], now: Date): Stat {
  const oldest = keys.map(({ createdAt }) => createdAt).toSorted((a, b) => +a - +b)[0];
  return {
    label: 'Signing keys',
    value: showNumber(keys.length),
    hint: oldest ? `oldest created ${ageOf(oldest, now)}` : 'none active',
    href: `${panelPath}/keys`,
  };
}

function ageOf(at: Date, now: Date): string {
  const days = Math.floor((now.getTime() - at.getTime()) / 86_400_000);
  return days === 0 ? 'today' : `${plural(days, 'day')} ago`;
}

function signInChart({ hours, signIns, refusals }: Statistics, { drawBars }: Charts): Block {
  return {
    kind: 'chart',
    id: 'sign-ins',
    title: 'Sign-ins',
    empty: 'No sign-ins in the last 24 hours.',
    summary: `${showNumber(sum(signIns))} succeeded, ${showNumber(sum(refusals))} refused`,
    picture: drawBars(hours, [
      { label: 'succeeded', values: signIns },
      { label: 'refused', values: refusals },
    ]),
  };
}

function tokenChart({ hours, consents, families }: Statistics, { drawGroups }: Charts): Block {
  return {
    kind: 'chart',
    id: 'tokens',
    title: 'App access',
    empty: 'No new access in the last 24 hours.',
    summary: `${plural(sum(families), 'token family', 'token families')} started, ${plural(sum(consents), 'consent')} given`,
    picture: drawGroups(hours, [
      { label: 'token families', values: families },
      { label: 'consents', values: consents },
    ]),
  };
}
