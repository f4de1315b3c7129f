// Handles the decision of the consent form. The consent page itself is rendered by
// interaction.pages.ts, after the sign-in or on its own.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { InteractionPages } from './interaction.pages.ts';
import type { SitePages } from '#http/site-pages.ts';

export interface ConsentPageDependencies {
  readonly interaction: InteractionPages;
  readonly site: SitePages;
}

export function addConsentPages(
  router: Router,
  { interaction, site }: ConsentPageDependencies,
): void {
  /** Denying consent does not sign the user out: the user has authenticated successfully. */
  async function keepSignIn(ctx: Context, open: OpenInteraction): Promise<void> {
    if (open.sessionAccountId !== undefined) return;
    const signIn = await interaction.signInOf(open);
    if (signIn) await site.startSession(ctx, signIn, interaction.stays(open));
  }

  router.post('/auth/interaction/:uid/consent', unlimited('limitedRequest'), async (ctx) => {
    const { open, form } = await interaction.openForm(ctx);
    if (open.needsSignIn || open.accountId === undefined) {
      return interaction.goOn(ctx, open, { step: 'consent' });
    }
    switch (form.get('decision')) {
      case 'allow':
        return interaction.goOn(
          ctx,
          open,
          await interaction.allowed(open, await interaction.requireAccount(open)),
        );
      case 'deny':
        await keepSignIn(ctx, open);
        return interaction.goOn(ctx, open, await interaction.denied(open));
      default:
        throw new AppError('invalid_input', 'Please choose to allow or to deny.');
    }
  });
}
