// The page on which a code from a mail is entered, after registration or by a signed-in user with
// an unverified address. The link of the same mail is handled in verify-link.pages.ts.
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { SitePages } from '#http/site-pages.ts';
import { uidOf } from '#features/interaction/sign-in-context.pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { EmailToken } from '#features/email-tokens/email-tokens.service.ts';
import type { PendingRegistrations } from '#features/registration/verified-registration.service.ts';
import type { Verification } from './email-verification.service.ts';
import {
  codeProblems,
  isSentAgain,
  linkExpired,
  sentAgainQuery,
  type EmailTokenPages,
} from '#features/email-tokens/email-token.pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView } from '#http/rendering/view.ts';
import type { CodeLocals } from '#features/email-tokens/email-token-views.pages.ts';

export interface VerifyLocals extends CodeLocals {
  readonly client?: ClientView | undefined;
  readonly againHref?: string | undefined;
  readonly againAction?: string | undefined;
  readonly backHref?: string | undefined;
}

export const verifyView = defineView<VerifyLocals>('email-verification/verify');

export interface VerifyPageDependencies {
  readonly site: SitePages;
  readonly mail: EmailTokenPages;
  readonly pendingRegistrations: PendingRegistrations;
  readonly verification: Verification;
}

interface VerifyState {
  readonly problem?: MessageKey;
  readonly wait?: string;
  readonly status?: number;
}

export function addVerifyPages(router: Router, dependencies: VerifyPageDependencies): void {
  const { site, mail, pendingRegistrations, verification } = dependencies;

  /** Finds the pending token; one of the signed-in user takes precedence over a registration. */
  async function findPending(ctx: Context) {
    const signedIn = await site.signedIn(ctx);
    const proof = signedIn && (await verification.findPending(signedIn.user.id));
    if (signedIn && proof) return { proof, user: signedIn.user };
    const registered = await pendingRegistrations.findPending(mail.binding(ctx));
    return { proof: registered, user: undefined, isSignedIn: signedIn !== undefined };
  }

  async function show(
    ctx: Context,
    proof: EmailToken,
    { problem, wait, status }: VerifyState = {},
  ): Promise<void> {
    const uid = uidOf(ctx);
    const { client } = await mail.reopen(ctx);
    const isNew = proof.kind === 'registration';
    site.render(
      ctx,
      verifyView,
      {
        action: mail.url(uid, 'verify'),
        formToken: site.formToken(ctx),
        proofId: proof.id,
        email: proof.email,
        problem,
        wait,
        isSentAgain: isSentAgain(ctx),
        client,
        againHref: isNew ? mail.url(uid, 'register') : undefined,
        againAction: proof.kind === 'verification' ? site.address('/auth/verify/send') : undefined,
        backHref: isNew ? undefined : site.address('/auth/account'),
      },
      status,
    );
  }

  async function showPending(ctx: Context): Promise<void> {
    const { proof, isSignedIn } = await findPending(ctx);
    if (proof) return show(ctx, proof);
    if (isSignedIn) return site.redirect(ctx, '/auth/account');
    throw linkExpired();
  }

  async function takeCode(ctx: Context): Promise<void> {
    const form = await site.readForm(ctx);
    const { proof, user } = await findPending(ctx);
    const [proofId, code] = [form.get('proof'), form.get('code')];
    if (user && proof?.id === proofId) {
      const outcome = await verification.finishByCode(proofId, code, user);
      if (outcome.ok) {
        site.notify(ctx, 'account.notice.email_confirmed');
        return site.redirect(ctx, '/auth/account');
      }
      return show(ctx, proof, { problem: codeProblems[outcome.reason], status: 422 });
    }
    const end = await pendingRegistrations.finishByCode(proofId, code, mail.binding(ctx));
    if (end.ok) return (await mail.reopen(ctx)).complete(end.signIn);
    if (!proof) throw linkExpired();
    return show(ctx, proof, { problem: codeProblems[end.reason], status: 422 });
  }

  router.get('/auth/verify', showPending);
  router.post('/auth/verify', limit('emailTokens'), takeCode);
  router.get('/auth/interaction/:uid/verify', showPending);
  router.post('/auth/interaction/:uid/verify', limit('emailTokens'), takeCode);

  router.post('/auth/verify/send', limit('emailTokens'), async (ctx) => {
    await site.readForm(ctx);
    const signedIn = await site.signedIn(ctx);
    if (!signedIn) return site.redirect(ctx, '/auth/sign-in');
    const { user } = signedIn;
    if (user.emailVerified) return site.redirect(ctx, '/auth/account');
    const sent = await mail.request(ctx, () =>
      verification.askAgain(user, { address: ctx.ip, locale: ctx.state.locale }),
    );
    if (!sent.isThrottled) return site.redirect(ctx, `/auth/verify${sentAgainQuery}`);
    const { proof } = await findPending(ctx);
    if (!proof) throw sent.error;
    return show(ctx, proof, { wait: sent.wait, status: 429 });
  });
}
