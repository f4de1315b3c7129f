// Sign-in by email, in an interaction or to the account pages: requesting the mail, entering its
// code or opening its link. Opening the link changes nothing, because mail scanners open links as
// well; the button on the page signs in.
import type Router from '@koa/router';
import { signedInWith } from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import { emailProblems } from '#features/account-creation/new-account-form.pages.ts';
import type { OwnPages } from '#http/site-pages.ts';
import type { SecondStep } from '#features/mfa/second-step.pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { EmailToken } from '#features/email-tokens/email-tokens.service.ts';
import type { MailSignIn, ProvenByMail } from './email-sign-in.service.ts';
import { wayOf } from '#features/email-tokens/verified-registration.service.ts';
import {
  codeProblems,
  linkExpired,
  type MailPages,
} from '#features/email-tokens/email-token.pages.ts';
import { type FormLocals, defineView } from '#http/rendering/view.ts';
import {
  type EmailRequestLocals,
  recoverCodeView,
} from '#features/email-tokens/email-token-views.pages.ts';

export const mailSignInView = defineView<EmailRequestLocals>('email-sign-in/mail-sign-in');

export interface MailSignInLinkLocals extends FormLocals {
  readonly email: string;
  /** True if the mail was requested in another browser. */
  readonly isElsewhere: boolean;
}

export const mailSignInLinkView = defineView<MailSignInLinkLocals>(
  'email-sign-in/mail-sign-in-link',
);

export interface MailSignInPageDependencies {
  readonly own: OwnPages;
  readonly mail: MailPages;
  readonly mailSignIn: MailSignIn;
  readonly secondStep: SecondStep;
}

interface Typed {
  readonly email?: string;
  readonly problem?: MessageKey;
  readonly status?: number;
}

const first = 'mail';

/** The assertion holds because the routes below name the parameter `uid`. */
function uidOf(ctx: Context): string | undefined {
  return ctx['params'].uid as string | undefined;
}

export function addMailSignInPages(router: Router, dependencies: MailSignInPageDependencies): void {
  const { own, mail, mailSignIn, secondStep } = dependencies;

  function address(uid: string | undefined, step = ''): string {
    return mail.address(uid, `${uid === undefined ? '/sign-in/mail' : '/mail'}${step}`);
  }

  /** The client whose theme the page uses, if the sign-in belongs to an interaction. */
  async function clientOf(ctx: Context): Promise<ClientView | undefined> {
    const opened = uidOf(ctx) === undefined ? undefined : await mail.reopen(ctx);
    return opened && mail.clientOf(opened);
  }

  async function showStart(ctx: Context, { email, problem, status }: Typed = {}): Promise<void> {
    const uid = uidOf(ctx);
    const client = await clientOf(ctx);
    const signInHref = mail.address(uid, uid === undefined ? '/sign-in' : '');
    const locals = { action: address(uid), formToken: own.formToken(ctx), email, problem };
    own.render(ctx, mailSignInView, { ...locals, client, signInHref }, status);
  }

  async function ask(ctx: Context): Promise<void> {
    const form = await own.readForm(ctx);
    const uid = uidOf(ctx);
    const email = form.get('email');
    const outcome = await mailSignIn.ask(email, mail.asking(ctx, email, uid));
    if (outcome.ok) {
      ctx.status = 303;
      return ctx.redirect(address(uid, '/code'));
    }
    return showStart(ctx, { email, problem: emailProblems[outcome.email], status: 422 });
  }

  async function showCode(ctx: Context, problem?: MessageKey): Promise<void> {
    const uid = uidOf(ctx);
    const proof = await mailSignIn.findPending(mail.binding(ctx));
    if (!proof) throw linkExpired();
    const client = await clientOf(ctx);
    const shared = { formToken: own.formToken(ctx), proofId: proof.id, email: proof.email, client };
    const locals = { ...shared, action: address(uid, '/code'), problem, againHref: address(uid) };
    own.render(ctx, recoverCodeView, locals, problem ? 422 : 200);
  }

  async function goOn(ctx: Context, { user, at, hasSecondFactor }: ProvenByMail): Promise<void> {
    mail.remember(ctx, user.email);
    if (!hasSecondFactor) return mail.goOn(ctx, signedInWith(first, { user, at }));
    const opened = uidOf(ctx) === undefined ? undefined : await mail.reopen(ctx);
    const half = { user, at, first } as const;
    return opened ? secondStep.forApp(ctx, half, opened.uid) : secondStep.forAccount(ctx, half);
  }

  async function enterCode(ctx: Context): Promise<void> {
    const form = await own.readForm(ctx);
    const binding = mail.binding(ctx);
    const outcome = await mailSignIn.finishByCode(form.get('proof'), form.get('code'), binding);
    if (!outcome.ok) return showCode(ctx, codeProblems[outcome.reason]);
    return goOn(ctx, outcome.proven);
  }

  async function requireLink(ctx: Context): Promise<EmailToken> {
    const proof = await mailSignIn.findByLink(String(ctx['params'].token));
    if (!proof) throw linkExpired();
    return proof;
  }

  async function showLink(ctx: Context): Promise<void> {
    const proof = await requireLink(ctx);
    const isElsewhere = !proof.isBoundTo(mail.binding(ctx));
    const action = address(
      isElsewhere ? undefined : wayOf(proof),
      `/link/${String(ctx['params'].token)}`,
    );
    const locals = { action, formToken: own.formToken(ctx), email: proof.email, isElsewhere };
    own.render(ctx, mailSignInLinkView, locals);
  }

  async function pressLink(ctx: Context): Promise<void> {
    await own.readForm(ctx);
    return goOn(ctx, await mailSignIn.finishByLink(await requireLink(ctx)));
  }

  for (const place of ['/auth/sign-in', '/auth/interaction/:uid']) {
    router.get(`${place}/mail`, (ctx) => showStart(ctx));
    router.post(`${place}/mail`, ask);
    router.get(`${place}/mail/code`, (ctx) => showCode(ctx));
    router.post(`${place}/mail/code`, enterCode);
    router.post(`${place}/mail/link/:token`, pressLink);
  }
  router.get('/auth/sign-in/mail/link/:token', showLink);
}
