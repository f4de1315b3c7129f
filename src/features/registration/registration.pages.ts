// Registration, in an interaction and in the account area. If the email address has to be
// verified first, the account is created later (features/email-verification/verify-code.pages.ts,
// features/email-verification/verify-link.pages.ts).
import type { TermsLocals } from '#features/email-tokens/email-token-views.pages.ts';
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { signedInToNewAccount } from '#core/sessions/authentication.ts';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import type { PendingRegistrations } from '#features/registration/verified-registration.service.ts';
import type { Knex } from 'knex';
import type { User } from '#core/users/users.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import {
  createSignInContexts,
  type SignInContext,
} from '#features/interaction/sign-in-context.pages.ts';
import { mailUnavailable, type EmailTokenPages } from '#features/email-tokens/email-token.pages.ts';
import {
  makeAccount,
  noValues,
  type NewAccountProblems,
  type TermsRule,
  type NewAccountLocals,
} from '#features/registration/new-account-form.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { ProviderButton, ProviderChoice } from '#http/rendering/provider-choice.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView } from '#http/rendering/view.ts';

export type RegisterLocals = NewAccountLocals &
  TermsLocals & {
    readonly client?: ClientView | undefined;
    readonly signInHref?: string | undefined;
    readonly others?: ProviderChoice | undefined;
  };

export const registerView = defineView<RegisterLocals>('registration/register');

/** Provided by email verification, which depends on this feature. */
interface VerificationMail {
  /** Sends a verification mail in the transaction of the caller. */
  readonly ask: (user: User, tx: Knex, words?: string) => Promise<void>;
}

export interface RegisterPageDependencies {
  readonly interaction: InteractionPages;
  readonly site: SitePages;
  readonly mail: EmailTokenPages;
  readonly registration: Registration;
  readonly pendingRegistrations: PendingRegistrations;
  readonly verification: VerificationMail;
  /** True: the account is created only after the email address is verified. */
  readonly verifyFirst: boolean;
  readonly registrationOpen: boolean;
  /** True: registration is open, but its mail cannot be sent. */
  readonly registrationAwaitsMail: boolean;
  readonly minimumPasswordLength: number;
  readonly terms: TermsRule;
  readonly providerButtons: { readonly buttons: readonly ProviderButton[] };
}

interface RegisterState {
  readonly status?: number;
  readonly values: typeof noValues;
  readonly problems: NewAccountProblems;
}

const untouched: RegisterState = { values: noValues, problems: {} };

export function addRegisterPages(router: Router, dependencies: RegisterPageDependencies): void {
  const { site, mail, registration, pendingRegistrations, verification } = dependencies;
  const { verifyFirst, registrationOpen, minimumPasswordLength, terms, providerButtons } =
    dependencies;
  const contexts = createSignInContexts(dependencies);

  /** Responds the same whether or not the address is already registered. */
  function askForProof({ ctx, uid }: SignInContext, form: Form) {
    return makeAccount(form, terms, (request) =>
      pendingRegistrations.begin(request, mail.asking(ctx, request.email, uid)),
    );
  }

  /** Creates the account immediately and sends the verification mail. */
  function makeNow({ ctx }: SignInContext, form: Form) {
    return makeAccount(form, terms, (request) =>
      registration.register(request, (tx, user) => verification.ask(user, tx, ctx.state.locale)),
    );
  }

  function requireOpen(): void {
    if (registrationOpen) return;
    if (dependencies.registrationAwaitsMail) throw mailUnavailable();
    throw new AppError('registration_closed', 'New accounts cannot be created here at the moment.');
  }

  function show(context: SignInContext, { values, problems, status } = untouched): void {
    const locals = {
      action: context.url('register'),
      formToken: context.formToken(),
      client: context.client,
      values,
      problems,
      signInHref: context.url(),
      minimumPasswordLength,
      termsHref: terms.href,
      others: { providers: providerButtons.buttons, interaction: context.uid },
    };
    site.render(context.ctx, registerView, locals, status);
  }

  async function open(ctx: Context): Promise<void> {
    const context = await contexts.open(ctx);
    if (!context.open && (await site.signedIn(ctx))) return site.redirect(ctx, '/auth/account');
    requireOpen();
    show(context);
  }

  async function submit(ctx: Context): Promise<void> {
    const { context, form } = await contexts.openForm(ctx);
    requireOpen();
    if (verifyFirst) {
      const asked = await askForProof(context, form);
      return asked.ok ? context.redirect('verify') : show(context, { ...asked, status: 422 });
    }
    const outcome = await makeNow(context, form);
    if (!outcome.ok) return show(context, { ...outcome, status: 422 });
    return context.complete(signedInToNewAccount(outcome.user));
  }

  router.get('/auth/interaction/:uid/register', open);
  router.post('/auth/interaction/:uid/register', limit('registration'), submit);
  router.get('/auth/register', open);
  router.post('/auth/register', limit('registration'), submit);
}
