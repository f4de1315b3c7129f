// Account page for changing or removing the password. After a change, this browser gets a new
// session whose `amr` contains what was verified for the change.
import type Router from '@koa/router';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { Context } from '#http/context.ts';
import { passwordProblems } from '#features/registration/new-account-form.pages.ts';
import { problemOf, type OwnPages } from '#http/site-pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import { signedInAgain } from '#core/sessions/authentication.ts';
import { mayRemovePassword } from '#features/passkeys/passkeys.ts';
import type { Passkeys } from '#features/passkeys/passkeys.service.ts';
import type { PasswordChange } from './password-change.service.ts';
import type {
  ProofProblems,
  ReauthenticationComponent,
} from '#features/reauthentication/component.pages.ts';
import type { SessionGuard, AccountVisit } from '#features/account/account-session.pages.ts';

export interface PasswordPageDependencies {
  readonly own: OwnPages;
  readonly guard: SessionGuard;
  readonly component: ReauthenticationComponent;
  readonly passwordChange: PasswordChange;
  readonly passkeys: Passkeys;
  readonly minimumPasswordLength: number;
}

interface Problems extends ProofProblems {
  readonly current?: MessageKey | undefined;
  readonly remove?: MessageKey | undefined;
}

const path = '/auth/account/password';
export function addPasswordPages(router: Router, dependencies: PasswordPageDependencies): void {
  const { own, guard, component, passwordChange, passkeys } = dependencies;
  const { minimumPasswordLength } = dependencies;

  async function show(
    ctx: Context,
    visit: AccountVisit,
    problems: Problems = {},
    status = 200,
  ): Promise<void> {
    const { user } = visit;
    const [ways, reauthentication] = await Promise.all([
      passkeys.signInMethods(user.id),
      component.ask(visit, 'change_password'),
    ]);
    const mayRemove = mayRemovePassword(ways) && reauthentication.canBeTyped;
    const locals = {
      action: own.address(path),
      formToken: own.formToken(ctx),
      email: user.email,
      reauthentication,
      problems,
      minimumPasswordLength,
      hasPassword: ways.hasPassword,
      removeAction: mayRemove ? own.address(`${path}/remove`) : undefined,
      recoverHref: own.address('/auth/recover'),
      accountHref: own.address('/auth/account'),
    };
    own.render(ctx, 'account-password', locals, status);
  }

  router.get(
    path,
    guard.shows((ctx, visit) => show(ctx, visit, { general: problemOf(ctx) })),
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
      await passkeys.removePassword(visit.user.id);
      return own.redirect(ctx, path);
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
      await own.startSession(ctx, signedInAgain({ user: outcome.user, at: proof.at }, proof.amr));
      return own.redirect(ctx, '/auth/account/activity');
    }),
  );
}
