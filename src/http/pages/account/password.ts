// Choosing another password, with the old one, or doing without. After a change this browser stays
// signed in, in a new session.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { statusOf, type SignInAttempts } from '#http/forms/sign-in-attempts.ts';
import { passwordAgainProblems } from '#http/forms/sign-in-problems.ts';
import { passwordProblems } from '#http/pages/new-account.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import { mayRemovePassword } from '#domain/people/passkeys.ts';
import type { Passkeys } from '#services/factors/passkeys.ts';
import type { PasswordChange } from '#services/accounts/password-change.ts';
import type { AccountDoor, AccountVisit } from './signed-in.ts';

export interface PasswordPageDependencies {
  readonly own: OwnPages;
  readonly door: AccountDoor;
  readonly attempts: SignInAttempts;
  readonly passwordChange: PasswordChange;
  readonly passkeys: Passkeys;
  readonly minimumPasswordLength: number;
}

interface Problems {
  readonly current?: MessageKey;
  readonly password?: MessageKey;
  readonly remove?: MessageKey;
}

const path = '/auth/account/password';
export function addPasswordPages(router: Router, dependencies: PasswordPageDependencies): void {
  const { own, door, attempts, passwordChange, passkeys } = dependencies;
  const { minimumPasswordLength } = dependencies;

  async function show(
    ctx: Context,
    { user }: AccountVisit,
    problems: Problems = {},
    status = 200,
  ): Promise<void> {
    const ways = await passkeys.waysIn(user.id);
    const locals = {
      action: own.address(path),
      formToken: own.formToken(ctx),
      email: user.email,
      problems,
      minimumPasswordLength,
      hasPassword: ways.hasPassword,
      removeAction: mayRemovePassword(ways) ? own.address(`${path}/remove`) : undefined,
      recoverHref: own.address('/auth/recover'),
      accountHref: own.address('/auth/account'),
    };
    own.render(ctx, 'account-password', locals, status);
  }

  router.get(
    path,
    door.shows((ctx, visit) => show(ctx, visit)),
  );

  router.post(
    `${path}/remove`,
    door.takes(async (ctx, visit, form) => {
      const { id, email: login } = visit.user;
      const proof = await attempts.attempt(ctx, { login, password: form.get('current') });
      if (!proof.ok) {
        const problems = { remove: passwordAgainProblems[proof.reason] };
        return show(ctx, visit, problems, statusOf(proof.reason));
      }
      await proof.settle();
      await passkeys.removePassword(id);
      return own.redirect(ctx, path);
    }),
  );

  router.post(
    path,
    door.takes(async (ctx, visit, form) => {
      const { user, acr, amr, signedInAt: at } = visit;
      const { email: login } = user;
      const proof = await attempts.attempt(ctx, { login, password: form.get('current') });
      if (!proof.ok) {
        const problems = { current: passwordAgainProblems[proof.reason] };
        return show(ctx, visit, problems, statusOf(proof.reason));
      }
      await proof.settle();
      const outcome = await passwordChange.change(user, form.get('password'));
      if (!outcome.ok) {
        return show(ctx, visit, { password: passwordProblems[outcome.password] }, 422);
      }
      await own.startSession(ctx, { user: outcome.user, acr, amr, at });
      own.redirect(ctx, '/auth/account/activity');
    }),
  );
}
