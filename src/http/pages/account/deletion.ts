// Deleting one's account, with the password and the second proof once more; and keeping it after all.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/forms/input.ts';
import { statusOf, type SignInAttempts } from '#http/forms/sign-in-attempts.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import { factorProblems } from '#http/pages/second-factor.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import { coolingOffDays, type Deletion } from '#services/accounts/deletion.ts';
import type { FreshProof } from '#services/factors/fresh-proof.ts';
import type { Passkeys } from '#services/factors/passkeys.ts';
import type { SecondFactor } from '#services/factors/second-factor.ts';
import { passwordAgainProblems } from '#http/forms/sign-in-problems.ts';
import type { AccountDoor, AccountVisit } from './signed-in.ts';

export interface DeletionPageDependencies {
  readonly own: OwnPages;
  readonly door: AccountDoor;
  readonly attempts: SignInAttempts;
  readonly secondFactor: SecondFactor;
  readonly deletion: Deletion;
  readonly passkeys: Passkeys;
  readonly freshProof: FreshProof;
}

const path = '/auth/account/delete';

interface Problems {
  readonly password?: MessageKey;
  readonly code?: MessageKey;
}

export function addDeletionPages(router: Router, dependencies: DeletionPageDependencies): void {
  const { own, door, attempts, secondFactor, deletion, passkeys, freshProof } = dependencies;

  /** What was typed, or without a password a passkey that was used just now. */
  async function prove(
    ctx: Context,
    visit: AccountVisit,
    form: Form,
  ): Promise<{ readonly problems?: Problems; readonly status?: number }> {
    const { user } = visit;
    if (!(await passkeys.waysIn(user.id)).hasPassword) {
      return (await freshProof.isFresh(visit)) ? {} : { problems: {}, status: 422 };
    }
    const typed = { login: user.email, password: form.get('password') };
    const proof = await attempts.attempt(ctx, typed);
    if (!proof.ok) {
      const problems = { password: passwordAgainProblems[proof.reason] };
      return { problems, status: statusOf(proof.reason) };
    }
    await proof.settle();
    if (proof.signIn) return {};
    const outcome = await secondFactor.check(user.id, form.get('code'));
    return outcome.ok ? {} : { problems: { code: factorProblems[outcome.reason] }, status: 422 };
  }

  async function show(
    ctx: Context,
    visit: AccountVisit,
    problems: Problems = {},
    status = 200,
  ): Promise<void> {
    const { user } = visit;
    const { since } = await secondFactor.state(user.id);
    const { hasPassword, passkeys: count } = await passkeys.waysIn(user.id);
    const isProven = !hasPassword && (await freshProof.isFresh(visit));
    const locals = {
      action: own.address(path),
      formToken: own.formToken(ctx),
      email: user.email,
      days: coolingOffDays,
      hasPassword,
      asksForCode: hasPassword && since !== undefined,
      confirmHref: hasPassword || isProven ? undefined : own.address(confirmPath(count)),
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
      const { problems, status } = await prove(ctx, visit, form);
      if (problems) return show(ctx, visit, problems, status);
      await deletion.request(visit.user);
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

/** Where somebody without a password proves who it is. */
export function confirmPath(passkeys: number): string {
  return passkeys > 0 ? '/auth/account/passkeys' : '/auth/account/linked';
}
