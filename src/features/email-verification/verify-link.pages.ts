// The page behind the link that proves an address. Opening it changes nothing, as mail scanners open
// links, too; its button does. Where it leads depends on the browser: the one that asked goes on, in
// another one people show that the account is theirs, or choose its password there.
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
} from '#features/account-creation/new-account-form.pages.ts';
import type { OwnPages } from '#http/site-pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { MailProof, MailProofs } from '#features/email-tokens/email-tokens.service.ts';
import { wayOf, type Registering } from '#features/email-tokens/verified-registration.service.ts';
import type { Verification } from './email-verification.service.ts';
import type { User } from '#core/users/users.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { noLongerGood, type MailPages } from '#features/email-tokens/email-token.pages.ts';

export interface VerifyLinkPageDependencies {
  readonly own: OwnPages;
  readonly mail: MailPages;
  readonly attempts: SignInAttempts;
  readonly proofs: MailProofs;
  readonly registering: Registering;
  readonly verification: Verification;
  readonly users: UserStore;
  readonly minimumPasswordLength: number;
  readonly terms: TermsRule;
}

interface Problem {
  readonly problem: MessageKey;
  readonly status: number;
}

/** In a browser that did not ask. */
interface Typed {
  readonly name: string | undefined;
  readonly problems?: NewAccountProblems;
  readonly status?: number;
}

const kinds = ['registration', 'verification', 'email_change'] as const;

export function addVerifyLinkPages(router: Router, dependencies: VerifyLinkPageDependencies): void {
  const { own, mail, attempts, proofs, registering, verification, users } = dependencies;
  const { minimumPasswordLength, terms } = dependencies;

  async function find(ctx: Context): Promise<MailProof> {
    const proof = await proofs.findByLink(String(ctx['params'].token), kinds);
    if (!proof) throw noLongerGood();
    return proof;
  }

  /** The user whose address it is, if that user is signed in here. */
  async function signedInOwner(ctx: Context, proof: MailProof): Promise<User | undefined> {
    const user = (await own.signedIn(ctx))?.user;
    return user?.id === proof.userId ? user : undefined;
  }

  /** True: whoever asked for the mail is here. */
  async function isSameBrowser(ctx: Context, proof: MailProof): Promise<boolean> {
    if (proof.kind === 'registration') return proof.isBoundTo(mail.binding(ctx));
    return (await signedInOwner(ctx, proof)) !== undefined;
  }

  function formOf(ctx: Context, { email }: MailProof, uid?: string) {
    const action = mail.address(uid, `/verify/link/${String(ctx['params'].token)}`);
    return { action, formToken: own.formToken(ctx), email };
  }

  async function show(ctx: Context, proof: MailProof, wrong?: Problem): Promise<void> {
    const isSame = await isSameBrowser(ctx, proof);
    if (proof.kind === 'registration' && !isSame) {
      return showElsewhere(ctx, proof, { name: registering.nameIn(proof) });
    }
    const form = formOf(ctx, proof, isSame ? wayOf(proof) : undefined);
    const { problem, status } = wrong ?? {};
    return own.render(ctx, 'verify-link', { ...form, asksPassword: !isSame, problem }, status);
  }

  function showElsewhere(ctx: Context, proof: MailProof, { name, problems, status }: Typed): void {
    const rules = { minimumPasswordLength, termsHref: terms.href };
    const locals = { ...formOf(ctx, proof), ...rules, reason: 'elsewhere', name } as const;
    own.render(ctx, 'new-password', { ...locals, problems: problems ?? {} }, status);
  }

  async function register(ctx: Context, proof: MailProof, form: Form): Promise<void> {
    if (await isSameBrowser(ctx, proof)) {
      return mail.goOn(ctx, await registering.finishByLink(proof));
    }
    const outcome = await makeAccount(form, terms, (request) =>
      registering.finishElsewhere(proof, request),
    );
    if (outcome.ok) return own.signInAndShowAccount(ctx, signedInToNewAccount(outcome.user));
    const { values, problems } = outcome;
    return showElsewhere(ctx, proof, { name: values.name, problems, status: 422 });
  }

  async function verify(ctx: Context, proof: MailProof, form: Form): Promise<void> {
    const owner = await signedInOwner(ctx, proof);
    if (!owner) {
      const user = await users.findById(proof.userId ?? '');
      if (!user) throw noLongerGood();
      const typed = { login: user.email, password: form.get('password') };
      const outcome = await attempts.attempt(ctx, typed);
      if (!outcome.ok) {
        const { reason } = outcome;
        return show(ctx, proof, {
          problem: passwordAgainProblems[reason],
          status: statusOf(reason),
        });
      }
      // It shows whose account it is, and signs nobody in: that may ask for more than a password.
      await outcome.settle();
      await verification.finishByLink(proof, outcome.user);
      return own.redirect(ctx, '/auth/sign-in?notice=verified');
    }
    await verification.finishByLink(proof, owner);
    return own.redirect(ctx, '/auth/account');
  }

  async function press(ctx: Context): Promise<void> {
    const form = await own.readForm(ctx);
    const proof = await find(ctx);
    await (proof.kind === 'registration' ? register : verify)(ctx, proof, form);
  }

  router.get('/auth/verify/link/:token', async (ctx) => show(ctx, await find(ctx)));
  router.post('/auth/verify/link/:token', press);
  router.post('/auth/interaction/:uid/verify/link/:token', press);
}
