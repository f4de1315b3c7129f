// Sign-in by email, in an interaction or to the account pages: requesting the mail, entering its
// code or opening its link. Opening the link changes nothing, because mail scanners open links as
// well; the button on the page signs in.
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { signedInWith } from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import { emailProblems } from '#features/registration/new-account-form.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import { uidOf } from '#features/interaction/sign-in-context.pages.ts';
import { signInPath } from '#features/interaction/sign-in-paths.ts';
import type { SecondStep } from '#features/mfa/second-step.pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { EmailToken } from '#features/email-tokens/email-tokens.service.ts';
import type { EmailSignIn, ProvenByMail } from './email-sign-in.service.ts';
import { interactionOf } from '#features/email-tokens/email-tokens.ts';
import {
  codeProblems,
  isSentAgain,
  linkExpired,
  sentAgainQuery,
  type EmailTokenPages,
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
  readonly stays: boolean;
}

export const mailSignInLinkView = defineView<MailSignInLinkLocals>(
  'email-sign-in/mail-sign-in-link',
);

export interface MailSignInPageDependencies {
  readonly site: SitePages;
  readonly mail: EmailTokenPages;
  readonly emailSignInService: EmailSignIn;
  readonly secondStep: SecondStep;
}

interface Typed {
  readonly email?: string;
  readonly problem?: MessageKey;
  readonly wait?: string;
  readonly status?: number;
  readonly stays?: boolean;
}

const first = 'mail';

/** Below the sign-in page. */
const step = 'mail';

async function showStart(
  { site, mail }: MailSignInPageDependencies,
  ctx: Context,
  typed: Typed = {},
): Promise<void> {
  const uid = uidOf(ctx);
  const { email, problem, wait, status } = typed;
  const { client } = await mail.reopen(ctx);
  const signInHref = mail.url(uid);
  const locals = { action: mail.url(uid, step), formToken: site.formToken(ctx), client };
  site.render(ctx, mailSignInView, { ...locals, email, problem, wait, signInHref }, status);
}

export function addMailSignInPages(router: Router, dependencies: MailSignInPageDependencies): void {
  const { site, mail, emailSignInService, secondStep } = dependencies;

  async function ask(ctx: Context): Promise<void> {
    const form = await site.readForm(ctx);
    const uid = uidOf(ctx);
    const email = form.get('email');
    const isAgain = form.get('again') === 'yes';
    const sent = await mail.request(ctx, () =>
      emailSignInService.ask(email, mail.asking(ctx, email, uid)),
    );
    if (sent.isThrottled) {
      const pending = isAgain && (await emailSignInService.findPending(mail.binding(ctx)));
      const refused = { wait: sent.wait, status: 429 };
      return pending ? showCode(ctx, refused) : showStart(dependencies, ctx, { email, ...refused });
    }
    const { outcome } = sent;
    if (outcome.ok) {
      const path = signInPath(uid, `${step}/code`);
      return site.redirect(ctx, path + (isAgain ? sentAgainQuery : ''));
    }
    return showStart(dependencies, ctx, {
      email,
      problem: emailProblems[outcome.email],
      status: 422,
    });
  }

  async function showCode(ctx: Context, said: Typed = {}): Promise<void> {
    const uid = uidOf(ctx);
    const proof = await emailSignInService.findPending(mail.binding(ctx));
    if (!proof) throw linkExpired();
    const { client } = await mail.reopen(ctx);
    const shared = {
      formToken: site.formToken(ctx),
      proofId: proof.id,
      email: proof.email,
      client,
    };
    const again = mail.url(uid, step);
    const urls = { action: mail.url(uid, `${step}/code`), againAction: again, againHref: again };
    const { problem, wait, status, stays = site.staysByDefault } = said;
    const state = { problem, wait, stays, isSentAgain: isSentAgain(ctx) };
    site.render(ctx, recoverCodeView, { ...shared, ...urls, ...state }, status);
  }

  async function goOn(ctx: Context, proven: ProvenByMail, stays: boolean): Promise<void> {
    const { user, at, hasSecondFactor } = proven;
    mail.remember(ctx, user.email);
    const context = await mail.reopen(ctx);
    if (hasSecondFactor) return secondStep.begin(context, { user, at, first, stays });
    return context.complete(signedInWith(first, { user, at }), { stays });
  }

  async function enterCode(ctx: Context): Promise<void> {
    const form = await site.readForm(ctx);
    const binding = mail.binding(ctx);
    const outcome = await emailSignInService.finishByCode(
      form.get('proof'),
      form.get('code'),
      binding,
    );
    if (!outcome.ok) {
      const problem = codeProblems[outcome.reason];
      return showCode(ctx, { problem, status: 422, stays: site.staysIn(form) });
    }
    return goOn(ctx, outcome.proven, site.staysIn(form));
  }

  async function requireLink(ctx: Context): Promise<EmailToken> {
    const proof = await emailSignInService.findByLink(String(ctx['params'].token));
    if (!proof) throw linkExpired();
    return proof;
  }

  async function showLink(ctx: Context): Promise<void> {
    const proof = await requireLink(ctx);
    const isElsewhere = !proof.isBoundTo(mail.binding(ctx));
    const uid = isElsewhere ? undefined : interactionOf(proof);
    const action = mail.url(uid, `${step}/link/${String(ctx['params'].token)}`);
    const shared = { formToken: site.formToken(ctx), stays: site.staysByDefault };
    const locals = { ...shared, action, email: proof.email, isElsewhere };
    site.render(ctx, mailSignInLinkView, locals);
  }

  async function pressLink(ctx: Context): Promise<void> {
    const stays = site.staysIn(await site.readForm(ctx));
    return goOn(ctx, await emailSignInService.finishByLink(await requireLink(ctx)), stays);
  }

  for (const place of ['/auth/sign-in', '/auth/interaction/:uid']) {
    router.get(`${place}/mail`, (ctx) => showStart(dependencies, ctx));
    router.post(`${place}/mail`, limit('emailTokens'), ask);
    router.get(`${place}/mail/code`, (ctx) => showCode(ctx));
    router.post(`${place}/mail/code`, limit('emailTokens'), enterCode);
    router.post(`${place}/mail/link/:token`, limit('emailTokens'), pressLink);
  }
  router.get('/auth/sign-in/mail/link/:token', showLink);
}
