// The pages with which a user requests the deletion of the account, after reauthentication, and
// cancels the request.
import { confirmUntyped } from '#http/reauthentication/confirm-first.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { problemOf, type SitePages } from '#http/site-pages.ts';
import type { Deletion } from './account-deletion.service.ts';
import type {
  ReauthenticationProblems,
  ReauthenticationGate,
  ReauthenticationView,
} from '#http/reauthentication/reauthentication-gate.ts';
import type { SessionGuard, AccountVisit } from '#features/account/account-session.pages.ts';
import { describeDate } from '#http/i18n/times.ts';
import { defineAccountView, defineView } from '#http/rendering/view.ts';

export interface AccountDeleteLocals {
  readonly action: string;
  readonly formToken: string;
  readonly email: string;
  /** The day of the deletion, in the user's language. */
  readonly date: string;
  readonly reauthentication: ReauthenticationView;
  readonly problems: ReauthenticationProblems;
  readonly accountHref: string;
}

export const accountDeleteView = defineAccountView<AccountDeleteLocals>(
  'account-deletion/account-delete',
);

export interface AccountDeleteDoneLocals {
  /** The day of the deletion, in the user's language. */
  readonly date: string;
  readonly signInHref: string;
}

export const accountDeleteDoneView = defineView<AccountDeleteDoneLocals>(
  'account-deletion/account-delete-done',
);

export interface DeletionPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly deletion: Deletion;
  readonly component: ReauthenticationGate;
}

const path = '/auth/account/delete';

function dayOf(dueAt: Date, { locale, user }: AccountVisit): string {
  return describeDate(locale, dueAt, user.claims.zoneinfo);
}

export function addDeletionPages(router: Router, dependencies: DeletionPageDependencies): void {
  const { site, guard, deletion, component } = dependencies;

  async function show(
    ctx: Context,
    visit: AccountVisit,
    problems: ReauthenticationProblems = {},
    status = 200,
  ): Promise<void> {
    const locals = {
      action: site.address(path),
      formToken: site.formToken(ctx),
      date: dayOf(deletion.dueFromNow(), visit),
      email: visit.user.email,
      reauthentication: await component.ask(visit, 'delete_account'),
      problems,
      accountHref: site.address('/auth/account'),
    };
    site.render(ctx, accountDeleteView, locals, status);
  }

  router.get(
    path,
    guard.shows(async (ctx, visit) => {
      const confirm = confirmUntyped(ctx, await component.ask(visit, 'delete_account'));
      if (confirm) return site.redirect(ctx, confirm);
      return show(ctx, visit, { general: problemOf(ctx) });
    }),
  );

  router.post(
    path,
    unlimited('throttledProof'),
    guard.takes(async (ctx, visit, form) => {
      const proof = await component.prove(ctx, visit, form, 'delete_account');
      if (!proof.ok) return show(ctx, visit, proof.problems, proof.status);
      const date = dayOf(await deletion.request(visit.user), visit);
      const signInHref = site.address('/auth/sign-in');
      site.render(ctx, accountDeleteDoneView, { date, signInHref });
    }),
  );

  router.post(
    '/auth/account/keep',
    unlimited('signedIn'),
    guard.takes(async (ctx, { user }) => {
      await deletion.cancel(user);
      site.notify(ctx, 'account.notice.deletion_cancelled');
      site.redirect(ctx, '/auth/account');
    }),
  );
}
