// Account page for changing or removing the password. After a change, this browser gets a new
// session whose `amr` contains what was verified for the change.
import { confirmUntyped } from '#http/reauthentication/confirm-first.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { passwordProblems } from '#features/registration/new-account-form.pages.ts';
import { problemOf, type SitePages } from '#http/site-pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import { signedInAgain } from '#core/sessions/authentication.ts';
import { mayRemovePassword } from '#features/passkeys/passkeys.ts';
import type { Passkeys } from '#features/passkeys/passkeys.service.ts';
import type { PasswordChange } from './password-change.service.ts';
import type {
  ReauthenticationProblems,
  ReauthenticationGate,
  ReauthenticationView,
} from '#http/reauthentication/reauthentication-gate.ts';
import type { SessionGuard, AccountVisit } from '#features/account/account-session.pages.ts';
import { defineAccountView } from '#http/rendering/view.ts';

export interface AccountPasswordLocals {
  readonly action: string;
  readonly formToken: string;
  readonly email: string;
  readonly reauthentication: ReauthenticationView;
  readonly problems: ReauthenticationProblems & {
    readonly current?: MessageKey | undefined;
    readonly remove?: MessageKey | undefined;
  };
  readonly minimumPasswordLength: number;
  /** False if the user signs in with passkeys alone. */
  readonly hasPassword: boolean;
  /** Action that removes the password; set if enough passkeys remain. */
  readonly removeAction?: string | undefined;
  readonly recoverHref: string;
}

export const accountPasswordView = defineAccountView<AccountPasswordLocals>(
  'password-change/account-password',
);

export interface PasswordPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly component: ReauthenticationGate;
  readonly passwordChange: PasswordChange;
  readonly passkeys: Passkeys;
  readonly minimumPasswordLength: number;
}

interface Problems extends ReauthenticationProblems {
  readonly current?: MessageKey | undefined;
  readonly remove?: MessageKey | undefined;
}

const path = '/auth/account/password';
export function addPasswordPages(router: Router, dependencies: PasswordPageDependencies): void {
  const { site, guard, component, passwordChange, passkeys } = dependencies;
  const { minimumPasswordLength } = dependencies;

  async function show(
    ctx: Context,
    visit: AccountVisit,
    problems: Problems = {},
    status = 200,
  ): Promise<void> {
    const { user } = visit;
    const [methods, reauthentication] = await Promise.all([
      passkeys.signInMethods(user.id),
      component.ask(visit, 'change_password'),
    ]);
    const mayRemove = mayRemovePassword(methods) && reauthentication.canBeTyped;
    const locals = {
      action: site.address(path),
      formToken: site.formToken(ctx),
      email: user.email,
      reauthentication,
      problems,
      minimumPasswordLength,
      hasPassword: methods.hasPassword,
      removeAction: mayRemove ? site.address(`${path}/remove`) : undefined,
      recoverHref: site.address('/auth/recover'),
    };
    site.render(ctx, accountPasswordView, locals, status);
  }

  router.get(
    path,
    guard.shows(async (ctx, visit) => {
      const [{ hasPassword }, asked] = await Promise.all([
        passkeys.signInMethods(visit.user.id),
        component.ask(visit, 'change_password'),
      ]);
      const confirm = hasPassword ? confirmUntyped(ctx, asked) : undefined;
      if (confirm) return site.redirect(ctx, confirm);
      return show(ctx, visit, { general: problemOf(ctx) });
    }),
  );

  router.post(
    `${path}/remove`,
    unlimited('throttledProof'),
    guard.takes(async (ctx, visit, form) => {
      const proof = await component.prove(ctx, visit, form, 'remove_password', 'current');
      if (!proof.ok) {
        const { password, code } = proof.problems;
        return show(ctx, visit, { remove: password, code }, proof.status);
      }
      await passkeys.removePassword(visit.user);
      site.notify(ctx, 'account.notice.password_removed');
      return site.redirect(ctx, path);
    }),
  );

  router.post(
    path,
    unlimited('throttledProof'),
    guard.takes(async (ctx, visit, form) => {
      const proof = await component.prove(ctx, visit, form, 'change_password', 'current');
      if (!proof.ok) {
        const { password: current, code } = proof.problems;
        return show(ctx, visit, { current, code }, proof.status);
      }
      const { user, sessionUid } = visit;
      const outcome = await passwordChange.change(user, sessionUid, form.get('password'));
      if (!outcome.ok) {
        return show(ctx, visit, { password: passwordProblems[outcome.password] }, 422);
      }
      const signIn = signedInAgain({ user: outcome.user, at: proof.at }, proof.amr);
      await site.startSession(ctx, signIn, visit.stays);
      site.notify(ctx, 'account.notice.password_changed');
      return site.redirect(ctx, '/auth/account/activity');
    }),
  );
}
