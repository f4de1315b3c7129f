// Deleting one's account, with the password and the second proof once more; and keeping it after all.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { statusOf, type SignInAttempts } from '#http/forms/sign-in-attempts.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import { factorProblems } from '#http/pages/second-factor.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import { coolingOffDays, type Deletion } from '#services/accounts/deletion.ts';
import type { SecondFactor } from '#services/factors/second-factor.ts';
import { currentProblems } from './password.ts';
import type { AccountDoor, AccountVisit } from './signed-in.ts';

export interface DeletionPageDependencies {
  readonly own: OwnPages;
  readonly door: AccountDoor;
  readonly attempts: SignInAttempts;
  readonly secondFactor: SecondFactor;
  readonly deletion: Deletion;
}

const path = '/auth/account/delete';

interface Problems {
  readonly password?: MessageKey;
  readonly code?: MessageKey;
}

export function addDeletionPages(router: Router, dependencies: DeletionPageDependencies): void {
  const { own, door, attempts, secondFactor, deletion } = dependencies;

  async function show(
    ctx: Context,
    { user }: AccountVisit,
    problems: Problems = {},
    status = 200,
  ): Promise<void> {
    const { since } = await secondFactor.state(user.id);
    const locals = {
      action: own.address(path),
      formToken: own.formToken(ctx),
      days: coolingOffDays,
      asksForCode: since !== undefined,
      problems,
      accountHref: own.address('/auth/account'),
    };
    own.render(ctx, 'account-delete', locals, status);
  }

  router.get(
    path,
    door.shows((ctx, visit) => show(ctx, visit)),
  );

  router.post(
    path,
    door.takes(async (ctx, visit, form) => {
      const { user } = visit;
      const typed = { login: user.email, password: form.get('password') };
      const proof = await attempts.attempt(ctx, typed);
      if (!proof.ok) {
        const problems = { password: currentProblems[proof.reason] };
        return show(ctx, visit, problems, statusOf(proof.reason));
      }
      await proof.settle();
      if (!proof.signIn) {
        const outcome = await secondFactor.check(user.id, form.get('code'));
        if (!outcome.ok) return show(ctx, visit, { code: factorProblems[outcome.reason] }, 422);
      }
      await deletion.request(user);
      const homeHref = own.address('/');
      own.render(ctx, 'account-delete-done', { days: coolingOffDays, homeHref });
    }),
  );

  router.post(
    '/auth/account/keep',
    door.takes(async (ctx, { user }) => {
      await deletion.cancel(user);
      own.redirect(ctx, '/auth/account');
    }),
  );
}
