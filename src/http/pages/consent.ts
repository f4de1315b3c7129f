// The answer to "may this app have that?". The page itself is shown by interaction.ts, after the
// sign-in or by itself.
import type Router from '@koa/router';
import { AppError } from '#domain/errors.ts';
import type { InteractionPages } from './interaction.ts';

export function addConsentPages(
  router: Router,
  { interaction }: { interaction: InteractionPages },
): void {
  router.post('/auth/interaction/:uid/consent', async (ctx) => {
    const { open, form } = await interaction.openForm(ctx);
    if (open.needsSignIn || open.accountId === undefined) {
      return interaction.goOn(ctx, open, { step: 'consent' });
    }
    switch (form.get('decision')) {
      case 'allow':
        return interaction.goOn(ctx, open, await interaction.allowed(open, open.accountId));
      case 'deny':
        return interaction.goOn(ctx, open, await interaction.denied(open));
      default:
        throw new AppError('invalid_input', 'Please choose to allow or to deny.');
    }
  });
}
