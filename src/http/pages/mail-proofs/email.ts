// Changing one's address, and taking a change back from the old mailbox. The code and the link that
// prove the new one are verify.ts and verify-link.ts.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { statusOf, type SignInAttempts } from '#http/forms/sign-in-attempts.ts';
import { passwordAgainProblems } from '#http/forms/sign-in-problems.ts';
import { emailProblems } from '#http/pages/new-account.ts';
import { confirmPath } from '#http/pages/account/data/own-proof.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import type { SignedIn } from '#oidc/sign-in/browser-session.ts';
import type { FreshProof } from '#services/factors/fresh-proof.ts';
import type { Passkeys } from '#services/factors/passkeys.ts';
import type { EmailUndoing } from '#services/mail-proofs/email-undoing.ts';
import type { Verification } from '#services/mail-proofs/verification.ts';
import { noLongerGood } from './mail-pages.ts';

export interface EmailPageDependencies {
  readonly own: OwnPages;
  readonly attempts: SignInAttempts;
  readonly verification: Verification;
  readonly undoing: EmailUndoing;
  readonly passkeys: Passkeys;
  readonly freshProof: FreshProof;
}

interface EmailState {
  readonly email?: string;
  readonly problems?: { readonly email?: MessageKey; readonly password?: MessageKey };
  readonly status?: number;
}

export function addEmailPages(router: Router, dependencies: EmailPageDependencies): void {
  const { own, attempts, verification, undoing, passkeys, freshProof } = dependencies;

  /** Without a password a fresh proof takes its place. */
  async function proofOf(signedIn: SignedIn) {
    const ways = await passkeys.waysIn(signedIn.user.id);
    const { hasPassword } = ways;
    const isProven = !hasPassword && (await freshProof.isFresh(signedIn));
    return { hasPassword, isProven, confirmHref: own.address(confirmPath(ways)) };
  }

  async function show(ctx: Context, signedIn: SignedIn, state: EmailState = {}): Promise<void> {
    const { email, problems = {}, status } = state;
    const { hasPassword, isProven, confirmHref } = await proofOf(signedIn);
    const locals = {
      action: own.address('/auth/account/email'),
      formToken: own.formToken(ctx),
      current: signedIn.user.email,
      email,
      problems,
      hasPassword,
      confirmHref: hasPassword || isProven ? undefined : confirmHref,
      backHref: own.address('/auth/account'),
    };
    own.render(ctx, 'email', locals, status);
  }

  router.get('/auth/account/email', async (ctx) => {
    const signedIn = await own.signedIn(ctx);
    if (!signedIn) return own.redirect(ctx, '/auth/sign-in');
    return show(ctx, signedIn);
  });

  router.post('/auth/account/email', async (ctx) => {
    const form = await own.readForm(ctx);
    const signedIn = await own.signedIn(ctx);
    if (!signedIn) return own.redirect(ctx, '/auth/sign-in');
    const { user } = signedIn;
    const email = form.get('email');
    const { isProven, hasPassword } = await proofOf(signedIn);
    if (!hasPassword && !isProven) return show(ctx, signedIn, { email, status: 422 });
    if (hasPassword) {
      const typed = { login: user.email, password: form.get('password') };
      const proof = await attempts.attempt(ctx, typed);
      if (!proof.ok) {
        const problems = { password: passwordAgainProblems[proof.reason] };
        return show(ctx, signedIn, { email, problems, status: statusOf(proof.reason) });
      }
      await proof.settle();
    }
    const asking = { address: ctx.ip, locale: ctx.state.locale };
    const outcome = await verification.askForChange(user, email, asking);
    if (outcome.ok) return own.redirect(ctx, '/auth/verify');
    const problems = { email: emailProblems[outcome.email] };
    return show(ctx, signedIn, { email, problems, status: 422 });
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
