// Choosing another password, with the old one. This browser stays signed in, in a new session.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { statusOf, type SignInAttempts } from '#http/forms/sign-in-attempts.ts';
import { passwordProblems } from '#http/pages/new-account.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import type { PasswordChange } from '#services/accounts/password-change.ts';
import type { AccountDoor } from './signed-in.ts';

export interface PasswordPageDependencies {
  readonly own: OwnPages;
  readonly door: AccountDoor;
  readonly attempts: SignInAttempts;
  readonly passwordChange: PasswordChange;
  readonly minimumPasswordLength: number;
}

interface Problems {
  readonly current?: MessageKey;
  readonly password?: MessageKey;
}

const path = '/auth/account/password';
export const currentProblems = {
  wrong: 'problem.password.wrong',
  missing: 'problem.password.wrong',
  blocked: 'sign-in.problem.refused',
  throttled: 'sign-in.problem.throttled',
} as const satisfies Record<string, MessageKey>;

export function addPasswordPages(router: Router, dependencies: PasswordPageDependencies): void {
  const { own, door, attempts, passwordChange, minimumPasswordLength } = dependencies;

  function show(ctx: Context, email: string, problems: Problems = {}, status = 200): void {
    const locals = {
      action: own.address(path),
      formToken: own.formToken(ctx),
      email,
      problems,
      minimumPasswordLength,
      accountHref: own.address('/auth/account'),
    };
    own.render(ctx, 'account-password', locals, status);
  }

  router.get(
    path,
    door.shows(async (ctx, { user }) => show(ctx, user.email)),
  );

  router.post(
    path,
    door.takes(async (ctx, { user, acr, amr }, form) => {
      const { email: login } = user;
      const proof = await attempts.attempt(ctx, { login, password: form.get('current') });
      if (!proof.ok) {
        const problems = { current: currentProblems[proof.reason] };
        return show(ctx, login, problems, statusOf(proof.reason));
      }
      await proof.settle();
      const outcome = await passwordChange.change(user, form.get('password'));
      if (!outcome.ok) {
        return show(ctx, login, { password: passwordProblems[outcome.password] }, 422);
      }
      await own.startSession(ctx, { user: outcome.user, acr, amr });
      own.redirect(ctx, '/auth/account/activity');
    }),
  );
}
