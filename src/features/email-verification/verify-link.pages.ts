// The page behind a verification link. Opening the link changes nothing, because mail scanners open
// links as well; the button on the page verifies. The browser that requested the mail continues; in
// another browser, the user signs in to the account or, after a registration, sets its password.
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { signedInToNewAccount } from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import { statusOf, type SignInAttempts } from '#features/passwords/sign-in-attempts.pages.ts';
import { passwordAgainProblems } from '#features/passwords/sign-in-problems.pages.ts';
import {
  makeAccount,
  type NewAccountProblems,
  type TermsRule,
} from '#features/registration/new-account-form.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { EmailToken, EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import { interactionOf } from '#features/email-tokens/email-tokens.ts';
import { type PendingRegistrations } from '#features/registration/verified-registration.service.ts';
import type { Verification } from './email-verification.service.ts';
import type { User } from '#core/users/users.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { linkExpired, type EmailTokenPages } from '#features/email-tokens/email-token.pages.ts';
import { type FormLocals, defineView } from '#http/rendering/view.ts';
import { newPasswordView } from '#features/email-tokens/email-token-views.pages.ts';

export interface VerifyLinkLocals extends FormLocals {
  readonly email: string;
  /** True if this browser is not signed in to the account. */
  readonly asksPassword: boolean;
  readonly problem?: MessageKey | undefined;
}

export const verifyLinkView = defineView<VerifyLinkLocals>('email-verification/verify-link');

export interface VerifyLinkPageDependencies {
  readonly site: SitePages;
  readonly mail: EmailTokenPages;
  readonly attempts: SignInAttempts;
  readonly emailTokens: EmailTokens;
  readonly pendingRegistrations: PendingRegistrations;
  readonly verification: Verification;
  readonly users: UserStore;
  readonly minimumPasswordLength: number;
  readonly terms: TermsRule;
}

interface Problem {
  readonly problem: MessageKey;
  readonly status: number;
}

/** Input in a browser that did not request the mail. */
interface Typed {
  readonly name: string | undefined;
  readonly problems?: NewAccountProblems;
  readonly status?: number;
}

const kinds = ['registration', 'verification', 'email_change'] as const;

export function addVerifyLinkPages(router: Router, dependencies: VerifyLinkPageDependencies): void {
  const { site, mail, attempts, emailTokens, pendingRegistrations, verification, users } =
    dependencies;
  const { minimumPasswordLength, terms } = dependencies;

  async function find(ctx: Context): Promise<EmailToken> {
    const proof = await emailTokens.findByLink(String(ctx['params'].token), kinds);
    if (!proof) throw linkExpired();
    return proof;
  }

  /** The owner of the address, if signed in in this browser. */
  async function signedInOwner(ctx: Context, proof: EmailToken): Promise<User | undefined> {
    const user = (await site.signedIn(ctx))?.user;
    return user?.id === proof.userId ? user : undefined;
  }

  /** True in the browser that requested the mail. */
  async function isSameBrowser(ctx: Context, proof: EmailToken): Promise<boolean> {
    if (proof.kind === 'registration') return proof.isBoundTo(mail.binding(ctx));
    return (await signedInOwner(ctx, proof)) !== undefined;
  }

  function formOf(ctx: Context, { email }: EmailToken, uid?: string) {
    const action = mail.url(uid, `verify/link/${String(ctx['params'].token)}`);
    return { action, formToken: site.formToken(ctx), email };
  }

  async function show(ctx: Context, proof: EmailToken, wrong?: Problem): Promise<void> {
    const isSame = await isSameBrowser(ctx, proof);
    if (proof.kind === 'registration' && !isSame) {
      return showElsewhere(ctx, proof, { name: pendingRegistrations.nameIn(proof) });
    }
    const form = formOf(ctx, proof, isSame ? interactionOf(proof) : undefined);
    const { problem, status } = wrong ?? {};
    return site.render(ctx, verifyLinkView, { ...form, asksPassword: !isSame, problem }, status);
  }

  function showElsewhere(ctx: Context, proof: EmailToken, { name, problems, status }: Typed): void {
    const rules = { minimumPasswordLength, termsHref: terms.href };
    const locals = { ...formOf(ctx, proof), ...rules, reason: 'elsewhere', name } as const;
    site.render(ctx, newPasswordView, { ...locals, problems: problems ?? {} }, status);
  }

  async function register(ctx: Context, proof: EmailToken, form: Form): Promise<void> {
    if (await isSameBrowser(ctx, proof)) {
      const signIn = await pendingRegistrations.finishByLink(proof);
      return (await mail.reopen(ctx)).complete(signIn);
    }
    const outcome = await makeAccount(form, terms, (request) =>
      pendingRegistrations.finishElsewhere(proof, request),
    );
    if (outcome.ok) return site.signInAndShowAccount(ctx, signedInToNewAccount(outcome.user));
    const { values, problems } = outcome;
    return showElsewhere(ctx, proof, { name: values.name, problems, status: 422 });
  }

  async function verify(ctx: Context, proof: EmailToken, form: Form): Promise<void> {
    const owner = await signedInOwner(ctx, proof);
    if (!owner) {
      const user = await users.findById(proof.userId ?? '');
      if (!user) throw linkExpired();
      const typed = { login: user.email, password: form.get('password') };
      const outcome = await attempts.attempt(ctx, typed);
      if (!outcome.ok) {
        const { reason } = outcome;
        return show(ctx, proof, {
          problem: passwordAgainProblems[reason],
          status: statusOf(reason),
        });
      }
      // The password proves ownership here but starts no session: sign-in may need a second factor.
      await outcome.settle();
      await verification.finishByLink(proof, outcome.user);
      return site.redirect(ctx, '/auth/sign-in?notice=verified');
    }
    await verification.finishByLink(proof, owner);
    site.notify(ctx, 'account.notice.email_confirmed');
    return site.redirect(ctx, '/auth/account');
  }

  async function press(ctx: Context): Promise<void> {
    const form = await site.readForm(ctx);
    const proof = await find(ctx);
    await (proof.kind === 'registration' ? register : verify)(ctx, proof, form);
  }

  router.get('/auth/verify/link/:token', async (ctx) => show(ctx, await find(ctx)));
  router.post('/auth/verify/link/:token', limit('emailTokens'), press);
  router.post('/auth/interaction/:uid/verify/link/:token', limit('emailTokens'), press);
}
