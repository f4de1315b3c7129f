// Standalone reauthentication ("Confirm that it is you"): the endpoints for it, and a page that
// shows what went wrong. After success, the user is redirected to the page of the action.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { passkeyAmr } from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { SessionGuard, AccountVisit } from '#features/account/account-session.pages.ts';
import { problemOf, type SitePages } from '#http/site-pages.ts';
import type { PasskeySignIn } from '#features/passkeys/passkey-sign-in.service.ts';
import type { Reauthentication } from './reauthentication.service.ts';
import { readAccountPage, type AccountPage } from '#http/reauthentication/protected-actions.ts';
import type {
  ReauthenticationGate,
  ReauthenticationProblems,
  ReauthenticationView,
} from '#http/reauthentication/reauthentication-gate.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import { defineAccountView } from '#http/rendering/view.ts';

export interface AccountConfirmLocals {
  readonly email: string;
  readonly formToken: string;
  readonly reauthentication: ReauthenticationView;
  readonly problems: ReauthenticationProblems;
  /** Why the user came back from an identity provider. */
  readonly trouble?: MessageKey | undefined;
}

export const accountConfirmView = defineAccountView<AccountConfirmLocals>(
  'reauthentication/account-confirm',
);

export interface ReauthenticationPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly component: ReauthenticationGate;
  readonly reauthentication: Reauthentication;
  readonly passkeySignIn: PasskeySignIn;
}

const path = '/auth/account/confirm';
/** A recent sign-in does not count, because some of the pages that lead here do not accept one. */
const act = 'confirm';

export function addReauthenticationPages(
  router: Router,
  dependencies: ReauthenticationPageDependencies,
): void {
  const { site, guard, component, reauthentication, passkeySignIn } = dependencies;

  function goBack(ctx: Context, back: AccountPage | undefined): void {
    site.redirect(ctx, back ? `/auth/account/${back}` : '/auth/account');
  }

  async function show(
    ctx: Context,
    visit: AccountVisit,
    back: AccountPage | undefined,
    { problems = {}, status }: { problems?: ReauthenticationProblems; status?: number } = {},
  ): Promise<void> {
    const asked = await component.ask(visit, act, back);
    if (asked.isProven) return goBack(ctx, back);
    const locals = {
      email: visit.user.email,
      formToken: site.formToken(ctx),
      reauthentication: asked,
      problems,
      trouble: problemOf(ctx),
    };
    return site.render(ctx, accountConfirmView, locals, status);
  }

  router.get(
    path,
    guard.shows((ctx, visit) => show(ctx, visit, readAccountPage(String(ctx.query['back'])))),
  );

  router.post(
    path,
    unlimited('throttledProof'),
    guard.takes(async (ctx, visit, form) => {
      const back = readAccountPage(form.get('back'));
      const outcome = await component.prove(ctx, visit, form, act);
      return outcome.ok ? goBack(ctx, back) : show(ctx, visit, back, outcome);
    }),
  );

  router.post(
    `${path}/passkey/options`,
    unlimited('signedIn'),
    guard.takes(async (ctx, { user, sessionUid }) => {
      ctx.body = await passkeySignIn.options(stepOf(sessionUid), user.id);
    }),
  );

  router.post(
    `${path}/passkey`,
    unlimited('signedIn'),
    guard.takes(async (ctx, visit: AccountVisit, form: Form) => {
      const { user, sessionUid } = visit;
      const back = readAccountPage(form.get('back'));
      const outcome = await passkeySignIn.check(form.get('answer'), stepOf(sessionUid), user.id);
      if (!outcome.ok) {
        const problems = { general: 'problem.passkey.refused' } as const;
        return show(ctx, visit, back, { problems, status: 422 });
      }
      await reauthentication.note(sessionUid, passkeyAmr(outcome));
      return goBack(ctx, back);
    }),
  );
}

function stepOf(sessionUid: string) {
  return { purpose: 'confirm', binding: sessionUid } as const;
}
