// Signing in for an app: the first page of an interaction. What follows (consent, or back to the
// app) is decided in oidc/interactions.ts.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { MessageKey } from '#http/locales.ts';
import type { OpenInteraction } from '#oidc/interactions.ts';
import type { SignIn } from '#services/sign-in.ts';
import type { InteractionPages } from './interaction.ts';

const problems = {
  wrong: 'sign-in.problem.wrong',
  blocked: 'sign-in.problem.refused',
  missing: 'sign-in.problem.missing',
} as const satisfies Record<string, MessageKey>;

export interface SignInPageDependencies {
  readonly interaction: InteractionPages;
  readonly signIn: SignIn;
  readonly registrationOpen: boolean;
}

interface SignInState {
  readonly status?: number;
  readonly login?: string;
  readonly problem?: keyof typeof problems;
  readonly notice?: MessageKey;
}

export function addSignInPages(router: Router, dependencies: SignInPageDependencies): void {
  const { interaction, signIn, registrationOpen } = dependencies;

  async function show(ctx: Context, open: OpenInteraction, state: SignInState = {}): Promise<void> {
    const { params, sessionAccountId } = open;
    const before = sessionAccountId === undefined ? undefined : await interaction.account(open);
    const hint = typeof params['login_hint'] === 'string' ? params['login_hint'] : undefined;
    const again = sessionAccountId === undefined ? undefined : 'sign-in.notice.reauthenticate';
    interaction.render(
      ctx,
      open,
      'sign-in',
      {
        action: interaction.address(open, 'sign-in'),
        login: state.login ?? hint ?? before?.email,
        problem: state.problem && problems[state.problem],
        notice: state.notice ?? again,
        signedInAs: state.notice ? undefined : before?.email,
        registerHref: registrationOpen ? interaction.address(open, 'register') : undefined,
        cancelAction: interaction.address(open, 'cancel'),
      },
      state.status,
    );
  }

  router.get('/auth/interaction/:uid', async (ctx) => {
    const open = await interaction.open(ctx);
    if (open.needsSignIn || open.accountId === undefined) return show(ctx, open);
    return interaction.showConsent(ctx, open);
  });

  router.post('/auth/interaction/:uid/sign-in', async (ctx) => {
    const { open, form } = await interaction.openForm(ctx);
    const login = form.get('login');
    const password = form.get('password');
    if (login === '' || password === '') {
      return show(ctx, open, { status: 422, login, problem: 'missing' });
    }
    const outcome = await signIn.withPassword(login, password);
    if (!outcome.ok) return show(ctx, open, { status: 422, login, problem: outcome.reason });
    return interaction.goOn(ctx, open, await interaction.signedIn(open, outcome.user));
  });

  router.post('/auth/interaction/:uid/switch', async (ctx) => {
    const { open } = await interaction.openForm(ctx);
    return show(ctx, open, { login: '', notice: 'sign-in.notice.switch' });
  });

  router.post('/auth/interaction/:uid/cancel', async (ctx) => {
    const { open } = await interaction.openForm(ctx);
    return interaction.goOn(ctx, open, await interaction.denied(open));
  });
}
