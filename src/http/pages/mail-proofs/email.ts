// Changing one's address, and taking a change back from the old mailbox. The code and the link that
// prove the new one are verify.ts and verify-link.ts.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { statusOf, type SignInAttempts } from '#http/forms/sign-in-attempts.ts';
import { emailProblems } from '#http/pages/new-account.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import type { EmailUndoing } from '#services/mail-proofs/email-undoing.ts';
import type { Verification } from '#services/mail-proofs/verification.ts';
import { noLongerGood } from './mail-pages.ts';

export interface EmailPageDependencies {
  readonly own: OwnPages;
  readonly attempts: SignInAttempts;
  readonly verification: Verification;
  readonly undoing: EmailUndoing;
}

interface EmailState {
  readonly current: string;
  readonly email?: string;
  readonly problems?: { readonly email?: MessageKey; readonly password?: MessageKey };
  readonly status?: number;
}

const passwordProblems = {
  wrong: 'problem.password.wrong',
  missing: 'problem.password.wrong',
  blocked: 'sign-in.problem.refused',
  throttled: 'sign-in.problem.throttled',
} as const satisfies Record<string, MessageKey>;

export function addEmailPages(router: Router, dependencies: EmailPageDependencies): void {
  const { own, attempts, verification, undoing } = dependencies;

  function show(ctx: Context, { current, email, problems = {}, status }: EmailState): void {
    const shared = { action: own.address('/auth/account/email'), formToken: own.formToken(ctx) };
    const backHref = own.address('/auth/account');
    own.render(ctx, 'email', { ...shared, current, email, problems, backHref }, status);
  }

  router.get('/auth/account/email', async (ctx) => {
    const signedIn = await own.signedIn(ctx);
    if (!signedIn) return own.redirect(ctx, '/auth/sign-in');
    return show(ctx, { current: signedIn.user.email });
  });

  router.post('/auth/account/email', async (ctx) => {
    const form = await own.readForm(ctx);
    const signedIn = await own.signedIn(ctx);
    if (!signedIn) return own.redirect(ctx, '/auth/sign-in');
    const { user } = signedIn;
    const [current, email] = [user.email, form.get('email')];
    const proof = await attempts.attempt(ctx, { login: current, password: form.get('password') });
    if (!proof.ok) {
      const problems = { password: passwordProblems[proof.reason] };
      return show(ctx, { current, email, problems, status: statusOf(proof.reason) });
    }
    await proof.settle();
    const asking = { address: ctx.ip, locale: ctx.state.locale };
    const outcome = await verification.askForChange(user, email, asking);
    if (outcome.ok) return own.redirect(ctx, '/auth/verify');
    const problems = { email: emailProblems[outcome.email] };
    return show(ctx, { current, email, problems, status: 422 });
  });

  router.get('/auth/account/email/undo/:token', async (ctx) => {
    const proof = await undoing.find(String(ctx.params['token']));
    if (!proof) throw noLongerGood();
    const action = own.address(`/auth/account/email/undo/${ctx.params['token']}`);
    own.render(ctx, 'email-undo', { action, formToken: own.formToken(ctx), email: proof.email });
  });

  router.post('/auth/account/email/undo/:token', async (ctx) => {
    await own.readForm(ctx);
    const proof = await undoing.find(String(ctx.params['token']));
    if (!proof) throw noLongerGood();
    await undoing.undo(proof);
    const recoverHref = own.address('/auth/recover');
    own.render(ctx, 'email-undone', { email: proof.email, recoverHref });
  });
}
