// Password reset: requesting the mail, entering its code or opening its link, and choosing a new
// password. Afterwards the user is redirected to the sign-in page; the browser that requested the
// mail returns to the original interaction.
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { emailProblems, passwordProblems } from '#features/registration/new-account-form.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import { uidOf } from '#features/interaction/sign-in-context.pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { Reauthentication } from '#features/reauthentication/reauthentication.service.ts';
import type { EmailToken } from '#features/email-tokens/email-tokens.service.ts';
import type { Recovery } from './password-reset.service.ts';
import { interactionOf } from '#features/email-tokens/email-tokens.ts';
import {
  codeProblems,
  isSentAgain,
  linkExpired,
  mailUnavailable,
  sentAgainQuery,
  type EmailTokenPages,
} from '#features/email-tokens/email-token.pages.ts';
import { defineView } from '#http/rendering/view.ts';
import {
  type EmailRequestLocals,
  recoverCodeView,
  newPasswordView,
} from '#features/email-tokens/email-token-views.pages.ts';

export const recoverView = defineView<EmailRequestLocals>('recovery/recover');

export interface RecoverPageDependencies {
  readonly site: SitePages;
  readonly mail: EmailTokenPages;
  readonly recovery: Recovery;
  readonly reauthentication: Reauthentication;
  readonly minimumPasswordLength: number;
  readonly canSendMail: boolean;
}

interface Typed {
  readonly email?: string;
  readonly problem?: MessageKey;
  readonly wait?: string;
  readonly status?: number;
}

const codePath = '/auth/recover/code';
const passwordPath = '/auth/recover/password';

/** Inside an interaction, in the language that the client requested. */
async function showStart(
  { site, mail, canSendMail }: RecoverPageDependencies,
  ctx: Context,
  typed: Typed = {},
): Promise<void> {
  if (!canSendMail) throw mailUnavailable();
  const uid = uidOf(ctx);
  const { email, problem, wait, status } = typed;
  const { client } = await mail.reopen(ctx);
  const shared = { action: mail.url(uid, 'recover'), formToken: site.formToken(ctx) };
  const locals = { ...shared, client, email, problem, wait, signInHref: mail.url(uid) };
  site.render(ctx, recoverView, locals, status);
}

/** Shows the page on which the code from the mail is entered. */
function showCode(
  { site, mail }: RecoverPageDependencies,
  ctx: Context,
  proof: EmailToken,
  said: Typed = {},
): void {
  const { problem, wait, status } = said;
  const shared = { formToken: site.formToken(ctx), proofId: proof.id, email: proof.email };
  const again = mail.url(interactionOf(proof), 'recover');
  const urls = { action: site.address(codePath), againAction: again, againHref: again };
  const state = { problem, wait, isSentAgain: isSentAgain(ctx) };
  site.render(ctx, recoverCodeView, { ...shared, ...urls, ...state }, status);
}

export function addRecoverPages(router: Router, dependencies: RecoverPageDependencies): void {
  const { site, mail, recovery, reauthentication, minimumPasswordLength } = dependencies;

  async function ask(ctx: Context): Promise<void> {
    if (!dependencies.canSendMail) throw mailUnavailable();
    const form = await site.readForm(ctx);
    const email = form.get('email');
    const isAgain = form.get('again') === 'yes';
    const sent = await mail.request(ctx, () =>
      recovery.ask(email, mail.asking(ctx, email, uidOf(ctx))),
    );
    if (sent.isThrottled) {
      const pending = isAgain ? await recovery.findPending(mail.binding(ctx)) : undefined;
      const refused = { wait: sent.wait, status: 429 };
      return pending
        ? showCode(dependencies, ctx, pending, refused)
        : showStart(dependencies, ctx, { email, ...refused });
    }
    const { outcome } = sent;
    if (outcome.ok) return site.redirect(ctx, codePath + (isAgain ? sentAgainQuery : ''));
    return showStart(dependencies, ctx, {
      email,
      problem: emailProblems[outcome.email],
      status: 422,
    });
  }

  function showPassword(
    ctx: Context,
    { email }: EmailToken,
    action: string,
    problem?: MessageKey,
  ): void {
    const shared = { action, formToken: site.formToken(ctx), email, minimumPasswordLength };
    const locals = { ...shared, reason: 'recovery', problems: { password: problem } } as const;
    site.render(ctx, newPasswordView, locals, problem ? 422 : 200);
  }

  async function requirePending(ctx: Context): Promise<EmailToken> {
    const proof = await recovery.findPending(mail.binding(ctx));
    if (!proof) throw linkExpired();
    return proof;
  }

  async function requireLink(ctx: Context): Promise<EmailToken> {
    const proof = await recovery.findByLink(String(ctx['params'].token));
    if (!proof) throw linkExpired();
    return proof;
  }

  async function setPassword(ctx: Context, proof: EmailToken, action: string): Promise<void> {
    const form = await site.readForm(ctx);
    const outcome = await recovery.setPassword(proof, form.get('password'));
    if (!outcome.ok) return showPassword(ctx, proof, action, passwordProblems[outcome.password]);
    if (proof.userId !== undefined) await reauthentication.noteRecovery(proof.userId);
    mail.remember(ctx, proof.email);
    const way = proof.isBoundTo(mail.binding(ctx)) ? interactionOf(proof) : undefined;
    ctx.status = 303;
    return ctx.redirect(`${mail.url(way)}?notice=password`);
  }

  router.get('/auth/recover', (ctx) => showStart(dependencies, ctx));
  router.post('/auth/recover', limit('emailTokens'), ask);
  router.get('/auth/interaction/:uid/recover', (ctx) => showStart(dependencies, ctx));
  router.post('/auth/interaction/:uid/recover', limit('emailTokens'), ask);

  router.get(codePath, async (ctx) => showCode(dependencies, ctx, await requirePending(ctx)));

  router.post(codePath, limit('emailTokens'), async (ctx) => {
    const form = await site.readForm(ctx);
    const binding = mail.binding(ctx);
    const outcome = await recovery.enterCode(form.get('proof'), form.get('code'), binding);
    if (outcome.ok) return site.redirect(ctx, passwordPath);
    const problem = codeProblems[outcome.reason];
    return showCode(dependencies, ctx, await requirePending(ctx), { problem, status: 422 });
  });

  router.get(passwordPath, async (ctx) => {
    const proof = await requirePending(ctx);
    if (!proof.isProven) return site.redirect(ctx, codePath);
    return showPassword(ctx, proof, site.address(passwordPath));
  });

  router.post(passwordPath, limit('emailTokens'), async (ctx) => {
    const proof = await requirePending(ctx);
    if (!proof.isProven) throw linkExpired();
    return setPassword(ctx, proof, site.address(passwordPath));
  });

  router.get('/auth/recover/link/:token', async (ctx) => {
    const proof = await requireLink(ctx);
    return showPassword(ctx, proof, site.address(`/auth/recover/link/${ctx.params['token']}`));
  });

  router.post('/auth/recover/link/:token', limit('emailTokens'), async (ctx) => {
    const proof = await requireLink(ctx);
    return setPassword(ctx, proof, site.address(`/auth/recover/link/${ctx.params['token']}`));
  });
}
