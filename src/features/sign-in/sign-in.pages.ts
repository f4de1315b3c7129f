// The sign-in page, in an interaction and in the account area. What follows in an interaction
// (consent, or the redirect to the client) is decided in oidc/sign-in/interactions.ts.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView } from '#http/rendering/view.ts';
import { noticeOf, problemOf, type SitePages } from '#http/site-pages.ts';
import type { OneTap, ProviderChoice } from '#http/rendering/provider-choice.ts';
import type { ProviderButtons } from '#features/federation/pages/provider-buttons.pages.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import {
  createSignInContexts,
  type SignInContext,
} from '#features/interaction/sign-in-context.pages.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { SecondStep } from '#features/mfa/second-step.pages.ts';
import type { PasskeyUrl, PasskeyUrls } from '#http/passkey-urls.ts';
import type { BrowserAccounts } from '#oidc/sessions/browser-accounts.ts';
import { statusOf, type SignInAttempts } from '#features/passwords/sign-in-attempts.pages.ts';
import { signInProblems } from '#features/passwords/sign-in-problems.pages.ts';

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
  /** True: registration is open, but its mail cannot be sent. */
  readonly awaitsMail?: boolean | undefined;
  readonly cancelAction?: string | undefined;
  readonly passkey?: PasskeyUrl | undefined;
  readonly others?: ProviderChoice | undefined;
  readonly oneTap?: OneTap | undefined;
  /** The page with the accounts of this browser. */
  readonly chooseHref?: string | undefined;
  /** Whether "Stay signed in" is ticked. */
  readonly stays: boolean;
  /** The method last used in this browser: one of our own names, or the id of a provider. */
  readonly lastUsed?: string | undefined;
}

export const signInView = defineView<SignInLocals>('sign-in/sign-in');

export interface SignInPageDependencies {
  readonly site: SitePages;
  readonly interaction: InteractionPages;
  readonly attempts: SignInAttempts;
  readonly secondStep: SecondStep;
  readonly passkeyUrls: PasskeyUrls;
  readonly providerButtons: ProviderButtons;
  readonly browserAccounts: BrowserAccounts;
  readonly registrationOpen: boolean;
  readonly registrationAwaitsMail: boolean;
  readonly canSendMail: boolean;
  readonly mailSignsIn: boolean;
}

interface SignInState {
  readonly status?: number;
  readonly login?: string | undefined;
  readonly problem?: keyof typeof signInProblems;
  readonly notice?: MessageKey | undefined;
  /** True if the user signs in with another account than the active one. */
  readonly isOther?: boolean;
}

/** The additions of an interaction: the expected user, and why that user has to sign in again. */
async function expectedUser(
  { interaction }: SignInPageDependencies,
  { open }: SignInContext,
  { login, notice, isOther }: SignInState,
) {
  if (!open) return { login, notice };
  if (isOther) return { login: login ?? hintOf(open), notice };
  const { sessionAccountId } = open;
  const before = sessionAccountId === undefined ? undefined : await interaction.account(open);
  const again = sessionAccountId === undefined ? undefined : 'sign-in.notice.reauthenticate';
  return {
    login: login ?? hintOf(open) ?? before?.email,
    notice: notice ?? again,
    signedInAs: (notice ?? (login && login !== before?.email)) ? undefined : before?.email,
  } as const;
}

function hintOf({ params }: OpenInteraction): string | undefined {
  return typeof params['login_hint'] === 'string' ? params['login_hint'] : undefined;
}

/** The URL of the page with the accounts of this browser, if it has any. */
function chooserOf(
  { site, browserAccounts }: SignInPageDependencies,
  { ctx, open, url }: SignInContext,
): string | undefined {
  const hasActive = open?.sessionAccountId !== undefined;
  if (!hasActive && !browserAccounts.mayHaveOthers(ctx)) return undefined;
  return open ? url('account') : site.address('/auth/accounts');
}

async function show(
  dependencies: SignInPageDependencies,
  context: SignInContext,
  state: SignInState = {},
): Promise<void> {
  const { site, passkeyUrls, providerButtons, registrationOpen, mailSignsIn } = dependencies;
  const { ctx, uid } = context;
  const expected = await expectedUser(dependencies, context, state);
  const mayRegister = registrationOpen && expected.signedInAs === undefined;
  const locals = {
    ...expected,
    action: context.url('sign-in'),
    formToken: context.formToken(),
    client: context.client,
    problem: state.problem && signInProblems[state.problem],
    trouble: problemOf(ctx),
    passkey: passkeyUrls.first(uid),
    others: { providers: providerButtons.buttons, interaction: uid },
    chooseHref: chooserOf(dependencies, context),
    stays: context.stays,
    lastUsed: site.lastMethod.read(ctx),
    oneTap: await providerButtons.oneTap(ctx, uid),
    mailHref: mailSignsIn ? context.url('mail') : undefined,
    recoverHref: dependencies.canSendMail ? context.url('recover') : undefined,
    registerHref: mayRegister ? context.url('register') : undefined,
    awaitsMail: dependencies.registrationAwaitsMail,
    cancelAction: context.open && context.url('cancel'),
  };
  site.render(ctx, signInView, locals, state.status);
}

export function addSignInPages(router: Router, dependencies: SignInPageDependencies): void {
  const { site, interaction, attempts, secondStep, browserAccounts } = dependencies;
  const contexts = createSignInContexts(dependencies);

  async function submit(ctx: Context): Promise<void> {
    const { context, form } = await contexts.openForm(ctx);
    const login = form.get('login');
    const clientId = context.open?.client.clientId;
    const outcome = await attempts.attempt(ctx, {
      login,
      password: form.get('password'),
      clientId,
    });
    if (!outcome.ok) {
      const { reason: problem } = outcome;
      return show(dependencies, context, { status: statusOf(problem), login, problem });
    }
    const { signIn, settle } = outcome;
    if (signIn) return context.complete(signIn, { alongside: settle });
    await settle();
    return secondStep.begin(context, { ...outcome, first: 'password' });
  }

  /** The address of a signed-out account that the user chose from the list. */
  async function addressOf(ctx: Context): Promise<string | undefined> {
    const accounts = await browserAccounts.list(ctx);
    return accounts.find(({ uid }) => uid === ctx.query['account'])?.email;
  }

  async function showForOther(ctx: Context): Promise<void> {
    const state = { login: await addressOf(ctx), isOther: true } as const;
    return show(dependencies, await contexts.open(ctx), state);
  }

  router.get('/auth/sign-in', async (ctx) => {
    if (ctx.query['account'] !== undefined) return showForOther(ctx);
    if (await site.signedIn(ctx)) return site.redirect(ctx, '/auth/account');
    const hasOthers = ctx.querystring === '' && (await browserAccounts.others(ctx)).length > 0;
    if (hasOthers) return site.redirect(ctx, '/auth/accounts');
    return show(dependencies, await contexts.open(ctx), { notice: noticeOf(ctx) });
  });

  router.get('/auth/interaction/:uid/sign-in', showForOther);

  router.get('/auth/interaction/:uid', async (ctx) => {
    const context = await contexts.open(ctx);
    const { open } = context;
    const isChoice = open?.selectsAccount && ctx.querystring === '';
    if (isChoice && (await browserAccounts.list(ctx)).length > 0) {
      return context.redirect('account');
    }
    if (!open || open.needsSignIn || open.accountId === undefined) {
      return show(dependencies, context, { notice: noticeOf(ctx) });
    }
    return interaction.showConsent(ctx, open);
  });

  router.post('/auth/sign-in', unlimited('throttledProof'), submit);
  router.post('/auth/interaction/:uid/sign-in', unlimited('throttledProof'), submit);

  router.post('/auth/interaction/:uid/switch', unlimited('limitedRequest'), async (ctx) => {
    const { context } = await contexts.openForm(ctx);
    if ((await browserAccounts.others(ctx)).length > 0) return context.redirect('account');
    return show(dependencies, context, { login: '', notice: 'sign-in.notice.switch' });
  });

  router.post('/auth/interaction/:uid/cancel', unlimited('limitedRequest'), async (ctx) => {
    const { open } = await interaction.openForm(ctx);
    return interaction.goOn(ctx, open, await interaction.denied(open));
  });
}
