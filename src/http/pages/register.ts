// Making an account: on the way to an app, or at /auth/register by itself.
import type Router from '@koa/router';
import { AppError } from '#domain/errors.ts';
import type { Context } from '#http/context.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { Registration } from '#services/accounts/registration.ts';
import type { InteractionPages } from './interaction.ts';
import { makeAccount, noValues, type NewAccountProblems } from './new-account.ts';
import type { OwnPages } from './own-pages.ts';

export interface RegisterPageDependencies {
  readonly interaction: InteractionPages;
  readonly own: OwnPages;
  readonly registration: Registration;
  readonly registrationOpen: boolean;
  readonly minimumPasswordLength: number;
}

interface RegisterState {
  readonly status?: number;
  readonly values: typeof noValues;
  readonly problems: NewAccountProblems;
}

const untouched: RegisterState = { values: noValues, problems: {} };

export function addRegisterPages(router: Router, dependencies: RegisterPageDependencies): void {
  const { interaction, own, registration, registrationOpen, minimumPasswordLength } = dependencies;

  function requireOpen(): void {
    if (registrationOpen) return;
    throw new AppError('registration_closed', 'New accounts cannot be made here at the moment.');
  }

  function showForApp(ctx: Context, open: OpenInteraction, state = untouched): void {
    const { values, problems, status } = state;
    const locals = {
      action: interaction.address(open, 'register'),
      values,
      problems,
      signInHref: interaction.address(open),
      minimumPasswordLength,
    };
    interaction.render(ctx, open, 'register', locals, status);
  }

  function showAlone(ctx: Context, { values, problems, status = 200 } = untouched): void {
    own.render(
      ctx,
      'register',
      {
        action: own.address('/auth/register'),
        formToken: own.formToken(ctx),
        values,
        problems,
        signInHref: own.address('/auth/sign-in'),
        minimumPasswordLength,
      },
      status,
    );
  }

  router.get('/auth/interaction/:uid/register', async (ctx) => {
    const open = await interaction.open(ctx);
    requireOpen();
    showForApp(ctx, open);
  });

  router.post('/auth/interaction/:uid/register', async (ctx) => {
    const { open, form } = await interaction.openForm(ctx);
    requireOpen();
    const outcome = await makeAccount(form, registration.register);
    if (!outcome.ok) return showForApp(ctx, open, { ...outcome, status: 422 });
    return interaction.goOn(ctx, open, await interaction.signedIn(ctx, open, outcome.user));
  });

  router.get('/auth/register', async (ctx) => {
    requireOpen();
    showAlone(ctx);
  });

  router.post('/auth/register', async (ctx) => {
    const form = await own.readForm(ctx);
    requireOpen();
    const outcome = await makeAccount(form, registration.register);
    if (!outcome.ok) return showAlone(ctx, { ...outcome, status: 422 });
    return own.signInAndShowAccount(ctx, outcome.user);
  });
}
