// Sign-in for a client: the first page of an interaction. The next step (consent, or the redirect
// to the client) is decided in oidc/sign-in/interactions.ts.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
import { statusOf, type SignInAttempts } from '#features/passwords/sign-in-attempts.pages.ts';
import { signInProblems } from '#features/passwords/sign-in-problems.pages.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import { noticeOf, problemOf } from '#http/site-pages.ts';
import type { PasskeyUrls, PasskeyUrl } from '#features/passkeys/passkey-urls.pages.ts';
import type { SecondStep } from '#features/mfa/second-step.pages.ts';
import type {
  ProviderButtons,
  OneTap,
  ProviderChoice,
} from '#features/federation/pages/provider-buttons.pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView } from '#http/rendering/view.ts';

export interface SignInLocals {
  readonly action: string;
  readonly formToken: string;
  readonly login?: string | undefined;
  readonly problem?: MessageKey | undefined;
  readonly trouble?: MessageKey | undefined;
  readonly notice?: MessageKey | undefined;
  readonly client?: ClientView | undefined;
  readonly signedInAs?: string | undefined;
  readonly mailHref?: string | undefined;
  readonly recoverHref?: string | undefined;
  readonly registerHref?: string | undefined;
  readonly cancelAction?: string | undefined;
  readonly passkey?: PasskeyUrl | undefined;
  readonly others?: ProviderChoice | undefined;
  readonly oneTap?: OneTap | undefined;
}

export const signInView = defineView<SignInLocals>('sign-in/sign-in');

export interface SignInPageDependencies {
  readonly interaction: InteractionPages;
  readonly attempts: SignInAttempts;
  readonly secondStep: SecondStep;
  readonly passkeyUrls: PasskeyUrls;
  readonly ways: ProviderButtons;
  readonly registrationOpen: boolean;
  readonly mailSignsIn: boolean;
}

interface SignInState {
  readonly status?: number;
  readonly login?: string;
  readonly problem?: keyof typeof signInProblems;
  readonly notice?: MessageKey | undefined;
}

export function addSignInPages(router: Router, dependencies: SignInPageDependencies): void {
  const { interaction, attempts, secondStep, passkeyUrls, ways } = dependencies;
  const { registrationOpen, mailSignsIn } = dependencies;

  async function show(ctx: Context, open: OpenInteraction, state: SignInState = {}): Promise<void> {
    const { params, sessionAccountId } = open;
    const before = sessionAccountId === undefined ? undefined : await interaction.account(open);
    const hint = typeof params['login_hint'] === 'string' ? params['login_hint'] : undefined;
    const again = sessionAccountId === undefined ? undefined : 'sign-in.notice.reauthenticate';
    interaction.render(
      ctx,
      open,
      signInView,
      {
        action: interaction.address(open, 'sign-in'),
        login: state.login ?? hint ?? before?.email,
        problem: state.problem && signInProblems[state.problem],
        trouble: problemOf(ctx),
        passkey: passkeyUrls.first(open.uid),
        others: { providers: ways.buttons, interaction: open.uid },
        oneTap: await ways.oneTap(ctx, open.uid),
        notice: state.notice ?? again,
        signedInAs: state.notice ? undefined : before?.email,
        mailHref: mailSignsIn ? interaction.address(open, 'mail') : undefined,
        recoverHref: interaction.address(open, 'recover'),
        registerHref: registrationOpen ? interaction.address(open, 'register') : undefined,
        cancelAction: interaction.address(open, 'cancel'),
      },
      state.status,
    );
  }

  router.get('/auth/interaction/:uid', async (ctx) => {
    const open = await interaction.open(ctx);
    if (open.needsSignIn || open.accountId === undefined) {
      return show(ctx, open, { notice: noticeOf(ctx) });
    }
    return interaction.showConsent(ctx, open);
  });

  router.post('/auth/interaction/:uid/sign-in', async (ctx) => {
    const { open, form } = await interaction.openForm(ctx);
    const login = form.get('login');
    const typed = { login, password: form.get('password'), clientId: open.client.clientId };
    const outcome = await attempts.attempt(ctx, typed);
    if (!outcome.ok) {
      const { reason: problem } = outcome;
      return show(ctx, open, { status: statusOf(problem), login, problem });
    }
    if (!outcome.signIn) {
      await outcome.settle();
      return secondStep.forApp(ctx, { ...outcome, first: 'password' }, open.uid);
    }
    const next = await interaction.signedIn(ctx, open, outcome.signIn, outcome.settle);
    return interaction.goOn(ctx, open, next);
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
