// The pages for changing the email address, and for reverting a change from the old mailbox. The
// new address is verified in verify-code.pages.ts and verify-link.pages.ts.
import type Router from '@koa/router';
import { limit } from '#http/rate-limit/route-limit.ts';
import type { Context } from '#http/context.ts';
import { emailProblems } from '#features/registration/new-account-form.pages.ts';
import type {
  ProofProblems,
  ReauthenticationComponent,
} from '#features/reauthentication/component.pages.ts';
import { createSessionGuard, type AccountVisit } from '#features/account/account-session.pages.ts';
import { problemOf, type OwnPages } from '#http/site-pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { EmailUndoing } from './email-change-revert.service.ts';
import type { Verification } from './email-verification.service.ts';
import { linkExpired } from '#features/email-tokens/email-token.pages.ts';

export interface EmailPageDependencies {
  readonly own: OwnPages;
  readonly component: ReauthenticationComponent;
  readonly verification: Verification;
  readonly emailUndoing: EmailUndoing;
}

interface EmailState {
  readonly email?: string;
  readonly problems?: ProofProblems & { readonly email?: MessageKey };
  readonly status?: number;
}

export function addEmailPages(router: Router, dependencies: EmailPageDependencies): void {
  const { own, component, verification, emailUndoing: undoing } = dependencies;
  const guard = createSessionGuard(own);

  async function show(ctx: Context, visit: AccountVisit, state: EmailState = {}): Promise<void> {
    const { email, problems = {}, status } = state;
    const locals = {
      action: own.address('/auth/account/email'),
      formToken: own.formToken(ctx),
      current: visit.user.email,
      email,
      reauthentication: await component.ask(visit, 'change_email'),
      problems,
      backHref: own.address('/auth/account'),
    };
    own.render(ctx, 'email', locals, status);
  }

  router.get(
    '/auth/account/email',
    guard.shows((ctx, visit) => show(ctx, visit, { problems: { general: problemOf(ctx) } })),
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
      if (outcome.ok) return own.redirect(ctx, '/auth/verify');
      const problems = { email: emailProblems[outcome.email] };
      return show(ctx, visit, { email, problems, status: 422 });
    }),
  );

  router.get('/auth/account/email/undo/:token', async (ctx) => {
    const proof = await undoing.find(String(ctx.params['token']));
    if (!proof) throw linkExpired();
    const action = own.address(`/auth/account/email/undo/${ctx.params['token']}`);
    own.render(ctx, 'email-undo', { action, formToken: own.formToken(ctx), email: proof.email });
  });

  router.post('/auth/account/email/undo/:token', limit('emailTokens'), async (ctx) => {
    await own.readForm(ctx);
    const proof = await undoing.find(String(ctx.params['token']));
    if (!proof) throw linkExpired();
    await undoing.undo(proof);
    const recoverHref = own.address('/auth/recover');
    own.render(ctx, 'email-undone', { email: proof.email, recoverHref });
  });
}
