// Registration: inside an interaction, or at /auth/register. If the email address has to be
// verified first, the account is created later (features/email-verification/verify-code.pages.ts,
// features/email-verification/verify-link.pages.ts).
import type Router from '@koa/router';
import { signedInToNewAccount } from '#core/sessions/authentication.ts';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { Form } from '#http/request/input.ts';
import type { Registration } from '#features/account-creation/account-creation.service.ts';
import type { Registering } from '#features/email-tokens/verified-registration.service.ts';
import type { Verification } from '#features/email-verification/email-verification.service.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import type { MailPages } from '#features/email-tokens/email-token.pages.ts';
import {
  makeAccount,
  noValues,
  type NewAccountProblems,
  type TermsRule,
  type NewAccountLocals,
  type TermsLocals,
} from '#features/account-creation/new-account-form.pages.ts';
import type { OwnPages } from '#http/site-pages.ts';
import type {
  ProviderButtons,
  ProviderChoice,
} from '#features/federation/pages/provider-buttons.pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView } from '#http/rendering/view.ts';

export type RegisterLocals = NewAccountLocals &
  TermsLocals & {
    readonly client?: ClientView | undefined;
    readonly signInHref?: string | undefined;
    readonly others?: ProviderChoice | undefined;
  };

export const registerView = defineView<RegisterLocals>('registration/register');

export interface RegisterPageDependencies {
  readonly interaction: InteractionPages;
  readonly own: OwnPages;
  readonly mail: MailPages;
  readonly registration: Registration;
  readonly registering: Registering;
  readonly verification: Verification;
  /** True: the account is created only after the email address is verified. */
  readonly verifyFirst: boolean;
  readonly registrationOpen: boolean;
  readonly minimumPasswordLength: number;
  readonly terms: TermsRule;
  readonly ways: ProviderButtons;
}

interface RegisterState {
  readonly status?: number;
  readonly values: typeof noValues;
  readonly problems: NewAccountProblems;
}

const untouched: RegisterState = { values: noValues, problems: {} };

export function addRegisterPages(router: Router, dependencies: RegisterPageDependencies): void {
  const { interaction, own, mail, registration, registering, verification } = dependencies;
  const { verifyFirst, registrationOpen, minimumPasswordLength, terms, ways } = dependencies;

  /** Responds the same whether or not the address is already registered. */
  function askForProof(ctx: Context, form: Form) {
    const uid = ctx['params'].uid as string | undefined; // named so in our routes
    return makeAccount(form, terms, (request) =>
      registering.begin(request, mail.asking(ctx, request.email, uid)),
    );
  }

  /** Creates the account immediately and sends the verification mail. */
  function makeNow(ctx: Context, form: Form) {
    return makeAccount(form, terms, (request) =>
      registration.register(request, (tx, user) => verification.ask(user, tx, ctx.state.locale)),
    );
  }

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
      termsHref: terms.href,
      others: { providers: ways.buttons, interaction: open.uid },
    };
    interaction.render(ctx, open, registerView, locals, status);
  }

  function showAlone(ctx: Context, { values, problems, status = 200 } = untouched): void {
    own.render(
      ctx,
      registerView,
      {
        action: own.address('/auth/register'),
        formToken: own.formToken(ctx),
        values,
        problems,
        signInHref: own.address('/auth/sign-in'),
        minimumPasswordLength,
        termsHref: terms.href,
        others: { providers: ways.buttons },
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
    if (verifyFirst) {
      const asked = await askForProof(ctx, form);
      if (!asked.ok) return showForApp(ctx, open, { ...asked, status: 422 });
      return own.redirect(ctx, `/auth/interaction/${open.uid}/verify`);
    }
    const outcome = await makeNow(ctx, form);
    if (!outcome.ok) return showForApp(ctx, open, { ...outcome, status: 422 });
    const signIn = signedInToNewAccount(outcome.user);
    return interaction.goOn(ctx, open, await interaction.signedIn(ctx, open, signIn));
  });

  router.get('/auth/register', async (ctx) => {
    requireOpen();
    showAlone(ctx);
  });

  router.post('/auth/register', async (ctx) => {
    const form = await own.readForm(ctx);
    requireOpen();
    if (verifyFirst) {
      const asked = await askForProof(ctx, form);
      return asked.ok
        ? own.redirect(ctx, '/auth/verify')
        : showAlone(ctx, { ...asked, status: 422 });
    }
    const outcome = await makeNow(ctx, form);
    if (!outcome.ok) return showAlone(ctx, { ...outcome, status: 422 });
    return own.signInAndShowAccount(ctx, signedInToNewAccount(outcome.user));
  });
}
