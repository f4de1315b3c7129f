// The pages for changing the email address, and for reverting a change from the old mailbox. The
// new address is verified in verify-code.pages.ts and verify-link.pages.ts.
import { confirmChoice } from '#http/reauthentication/confirm-first.ts';
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { emailProblems } from '#features/registration/new-account-form.pages.ts';
import type {
  ReauthenticationProblems,
  ReauthenticationGate,
  ReauthenticationView,
} from '#http/reauthentication/reauthentication-gate.ts';
import { createSessionGuard, type AccountVisit } from '#features/account/account-session.pages.ts';
import { problemOf, type SitePages } from '#http/site-pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { EmailChangeRevert } from './email-change-revert.service.ts';
import type { Verification } from './email-verification.service.ts';
import { linkExpired } from '#features/email-tokens/email-token.pages.ts';
import { type FormLocals, defineAccountView, defineView } from '#http/rendering/view.ts';

export interface EmailLocals extends FormLocals {
  readonly current: string;
  readonly email?: string | undefined;
  readonly reauthentication: ReauthenticationView;
  readonly problems: ReauthenticationProblems & { readonly email?: MessageKey | undefined };
}

export const emailView = defineAccountView<EmailLocals>('email-verification/email');

export interface EmailUndoLocals extends FormLocals {
  readonly email: string;
}

export const emailUndoView = defineView<EmailUndoLocals>('email-verification/email-undo');

export interface EmailUndoneLocals {
  readonly email: string;
  /** The address had already changed; otherwise, only the request ended. */
  readonly isRestored: boolean;
  readonly recoverHref: string;
}

export const emailUndoneView = defineView<EmailUndoneLocals>('email-verification/email-undone');

export interface EmailPageDependencies {
  readonly site: SitePages;
  readonly component: ReauthenticationGate;
  readonly verification: Verification;
  readonly emailChangeRevert: EmailChangeRevert;
}

interface EmailState {
  readonly email?: string;
  readonly problems?: ReauthenticationProblems & { readonly email?: MessageKey };
  readonly status?: number;
}

export function addEmailPages(router: Router, dependencies: EmailPageDependencies): void {
  const { site, component, verification, emailChangeRevert } = dependencies;
  const guard = createSessionGuard(site);

  async function show(ctx: Context, visit: AccountVisit, state: EmailState = {}): Promise<void> {
    const { email, problems = {}, status } = state;
    const locals = {
      action: site.address('/auth/account/email'),
      formToken: site.formToken(ctx),
      current: visit.user.email,
      email,
      reauthentication: await component.ask(visit, 'change_email'),
      problems,
    };
    site.render(ctx, emailView, locals, status);
  }

  router.get(
    '/auth/account/email',
    guard.shows(async (ctx, visit) => {
      const confirm = confirmChoice(ctx, await component.ask(visit, 'change_email'));
      if (confirm) return site.redirect(ctx, confirm);
      return show(ctx, visit, { problems: { general: problemOf(ctx) } });
    }),
  );

  router.post(
    '/auth/account/email',
    limit('emailTokens'),
    guard.takes(async (ctx, visit, form) => {
      const email = form.get('email');
      const proof = await component.prove(ctx, visit, form, 'change_email');
      if (!proof.ok) return show(ctx, visit, { email, ...proof });
      const asking = { address: ctx.ip, locale: ctx.state.locale };
      const outcome = await verification.askForChange(visit.user, email, asking);
      if (outcome.ok) return site.redirect(ctx, '/auth/verify');
      const problems = { email: emailProblems[outcome.email] };
      return show(ctx, visit, { email, problems, status: 422 });
    }),
  );

  router.get('/auth/account/email/undo/:token', async (ctx) => {
    const proof = await emailChangeRevert.find(String(ctx.params['token']));
    if (!proof) throw linkExpired();
    const action = site.address(`/auth/account/email/undo/${ctx.params['token']}`);
    site.render(ctx, emailUndoView, { action, formToken: site.formToken(ctx), email: proof.email });
  });

  router.post('/auth/account/email/undo/:token', limit('emailTokens'), async (ctx) => {
    await site.readForm(ctx);
    const proof = await emailChangeRevert.find(String(ctx.params['token']));
    if (!proof) throw linkExpired();
    const isRestored = await emailChangeRevert.undo(proof);
    const recoverHref = site.address('/auth/recover');
    site.render(ctx, emailUndoneView, { email: proof.email, isRestored, recoverHref });
  });
}
