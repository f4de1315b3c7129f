// The page behind an invitation link: creates an account with the invited email address.
import type { TermsLocals } from '#features/email-tokens/email-token-views.pages.ts';
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { signedInToNewAccount } from '#core/sessions/authentication.ts';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import {
  makeAccount,
  type NewAccountProblems,
  type TermsRule,
  type NewAccountLocals,
} from '#features/registration/new-account-form.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { Invitations } from './invitations.service.ts';
import type { EmailToken } from '#features/email-tokens/email-tokens.service.ts';
import { linkExpired } from '#features/email-tokens/email-token.pages.ts';
import { defineView } from '#http/rendering/view.ts';

export type InvitationLocals = NewAccountLocals & TermsLocals;

export const invitationView = defineView<InvitationLocals>('invitations/invitation');

export interface InvitationPageDependencies {
  readonly site: SitePages;
  readonly invitations: Invitations;
  readonly terms: TermsRule;
  /** False: registration is closed, so invitations are refused as well. */
  readonly invitationsCount: boolean;
  readonly minimumPasswordLength: number;
}

export function addInvitationPages(router: Router, dependencies: InvitationPageDependencies): void {
  const { site, invitations, terms, invitationsCount, minimumPasswordLength } = dependencies;

  async function find(ctx: Context): Promise<EmailToken> {
    if (!invitationsCount) {
      throw new AppError(
        'registration_closed',
        'New accounts cannot be created here at the moment.',
      );
    }
    const proof = await invitations.find(String(ctx['params'].token));
    if (!proof) throw linkExpired();
    return proof;
  }

  function show(
    ctx: Context,
    proof: EmailToken,
    { name = '', problems = {} }: { name?: string; problems?: NewAccountProblems } = {},
  ): void {
    const action = site.address(`/auth/invitation/${ctx['params'].token}`);
    const values = { email: proof.email, name };
    const shared = { action, formToken: site.formToken(ctx), values, problems };
    const status = Object.keys(problems).length > 0 ? 422 : 200;
    const rules = { minimumPasswordLength, termsHref: terms.href };
    site.render(ctx, invitationView, { ...shared, ...rules }, status);
  }

  router.get('/auth/invitation/:token', async (ctx) => show(ctx, await find(ctx)));

  router.post('/auth/invitation/:token', limit('emailTokens'), async (ctx) => {
    const form = await site.readForm(ctx);
    const proof = await find(ctx);
    const accept = makeAccount(form, terms, (request) => invitations.accept(proof, request));
    const outcome = await accept;
    if (outcome.ok) return site.signInAndShowAccount(ctx, signedInToNewAccount(outcome.user));
    return show(ctx, proof, { name: outcome.values.name, problems: outcome.problems });
  });
}
