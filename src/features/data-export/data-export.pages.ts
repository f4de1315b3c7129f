// The page on which users request an export of their data and download it once. Both require a
// recent reauthentication.
import { confirmChoice } from '#http/reauthentication/confirm-first.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { Readable } from 'node:stream';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import { problemOf, type SitePages } from '#http/site-pages.ts';
import { describeDate, showTime, type ShownTime } from '#http/i18n/times.ts';
import type { Exports } from './exports.service.ts';
import { exportDays } from './export-writer.service.ts';
import type { SessionGuard, AccountVisit } from '#features/account/account-session.pages.ts';
import type {
  ReauthenticationProblems,
  ReauthenticationGate,
  ReauthenticationView,
} from '#http/reauthentication/reauthentication-gate.ts';
import { defineAccountView } from '#http/rendering/view.ts';

export interface AccountExportLocals {
  readonly stage: 'none' | 'making' | 'ready' | 'over';
  readonly mayAsk: boolean;
  readonly action: string;
  readonly downloadAction: string;
  readonly pageHref: string;
  readonly formToken: string;
  /** Number of days in which the export can be downloaded. */
  readonly days: number;
  readonly requested?: ShownTime | undefined;
  /** The day on which the export is deleted. */
  readonly until?: string | undefined;
  readonly fetched?: ShownTime | undefined;
  /** The user name under which a password manager finds the password. */
  readonly email: string;
  readonly reauthentication: ReauthenticationView;
  readonly problems: ReauthenticationProblems;
  /** True if the export has already been downloaded by another request. */
  readonly isLate: boolean;
}

export const accountExportView = defineAccountView<AccountExportLocals>(
  'data-export/account-export',
);

export interface ExportPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly exports: Exports;
  readonly component: ReauthenticationGate;
  readonly now: () => Date;
}

const path = '/auth/account/export';

interface Said {
  readonly problems?: ReauthenticationProblems | undefined;
  readonly isLate?: boolean;
  readonly status?: number | undefined;
}

export function addExportPages(router: Router, dependencies: ExportPageDependencies): void {
  const { site, guard, exports, component, now } = dependencies;

  async function show(ctx: Context, visit: AccountVisit, said: Said = {}): Promise<void> {
    const { user, locale } = visit;
    const { stage, export: found, mayAsk } = await exports.state(user.id);
    const time = (at: Date | undefined) => at && showTime(at, now(), locale);
    const date = (at: Date | undefined) => at && describeDate(locale, at, user.claims.zoneinfo);
    const locals = {
      stage,
      mayAsk,
      action: site.address(path),
      downloadAction: site.address(`${path}/download`),
      pageHref: site.address(path),
      formToken: site.formToken(ctx),
      days: exportDays,
      requested: time(found?.requestedAt),
      until: stage === 'ready' ? date(found?.expiresAt) : undefined,
      fetched: time(found?.fetchedAt),
      email: user.email,
      reauthentication: await component.ask(visit, 'export_data'),
      problems: said.problems ?? {},
      isLate: said.isLate ?? false,
    };
    site.render(ctx, accountExportView, locals, said.status);
  }

  /** Runs `act` after a successful reauthentication; otherwise shows the page with the problem. */
  function proven(act: (ctx: Context, visit: AccountVisit) => Promise<void>) {
    return guard.takes(async (ctx: Context, visit: AccountVisit, form: Form) => {
      const proof = await component.prove(ctx, visit, form, 'export_data');
      return proof.ok ? act(ctx, visit) : show(ctx, visit, proof);
    });
  }

  router.get(
    path,
    guard.shows(async (ctx, visit) => {
      const confirm = confirmChoice(ctx, await component.ask(visit, 'export_data'));
      if (confirm) return site.redirect(ctx, confirm);
      return show(ctx, visit, { problems: { general: problemOf(ctx) } });
    }),
  );

  router.post(
    path,
    unlimited('throttledProof'),
    proven(async (ctx, { user }) => {
      // The outcome is ignored: if an export already exists, the page shows it.
      await exports.request(user);
      site.notify(ctx, 'account.notice.export_requested');
      site.redirect(ctx, path);
    }),
  );

  router.post(
    `${path}/download`,
    unlimited('throttledProof'),
    proven(async (ctx, visit) => {
      const bytes = await exports.fetch(visit.user);
      if (!bytes) return show(ctx, visit, { isLate: true, status: 409 });
      const day = now().toISOString().slice(0, 'yyyy-mm-dd'.length);
      ctx.set('Content-Disposition', `attachment; filename="ostiary-export-${day}.json"`);
      ctx.set('Cache-Control', 'no-store');
      ctx.type = 'application/json';
      ctx.body = Readable.from(bytes, { objectMode: false });
    }),
  );
}
