// The pages after the response of a provider: a known user is signed in or asked for the second
// factor; a new user creates an account or links the identity to an existing one (link.pages.ts).
import { limit } from '#http/rate-limit/route-limit.ts';
import type { PendingIdentity } from '#core/users/external-identity.ts';
import type Router from '@koa/router';
import type { CompleteSignIn } from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { KnownDevice } from '#features/passwords/known-device.pages.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import {
  createSignInContexts,
  type SignInContext,
} from '#features/interaction/sign-in-context.pages.ts';
import type { EmailTokenPages } from '#features/email-tokens/email-token.pages.ts';
import {
  emailProblems,
  hasAccepted,
  readName,
  type NewAccountProblems,
  type TermsRule,
} from '#features/registration/new-account-form.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { SecondStep } from '#features/mfa/second-step.pages.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import type { ProviderAccounts } from '#features/federation/federated-registration.service.ts';
import { startAgain, type ProvenIdentities } from './proven-identity.pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import type { ProviderImage } from '#http/rendering/provider-choice.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import { defineView } from '#http/rendering/view.ts';

export interface WithNewLocals {
  readonly action: string;
  readonly formToken: string;
  readonly provider: string;
  readonly logo: ProviderImage;
  readonly client?: ClientView | undefined;
  /** The account as the provider names it. */
  readonly account?: string | undefined;
  /** False if registration is disabled, so that only an existing account can be linked. */
  readonly mayRegister: boolean;
  /** True if an account with this address exists. */
  readonly isKnown: boolean;
  /** True if the provider has verified the address; it then cannot be changed. */
  readonly isVouched: boolean;
  readonly values: { readonly email?: string | undefined; readonly name?: string | undefined };
  readonly problems: {
    readonly email?: MessageKey | undefined;
    readonly name?: MessageKey | undefined;
    readonly terms?: MessageKey | undefined;
  };
  readonly termsHref?: string | undefined;
  readonly linkAction: string;
  readonly againHref: string;
}

export const withNewView = defineView<WithNewLocals>('federation/with-new');

export interface StepPageDependencies {
  readonly site: SitePages;
  readonly interaction: InteractionPages;
  readonly mail: EmailTokenPages;
  readonly provenIdentities: ProvenIdentities;
  readonly knownDevice: KnownDevice;
  readonly secondStep: SecondStep;
  readonly identities: Identities;
  readonly providerAccounts: ProviderAccounts;
  readonly terms: TermsRule;
}

interface Typed {
  readonly values: { readonly email: string; readonly name: string };
  readonly problems: NewAccountProblems;
}

function finish(
  { knownDevice }: StepPageDependencies,
  context: SignInContext,
  signIn: CompleteSignIn,
  stays: boolean,
): Promise<void> {
  knownDevice.remember(context.ctx, signIn.user.email);
  return context.complete(signIn, { stays });
}

/** Signs a known user in, or continues with the second factor or the page for a new user. */
async function goOn(dependencies: StepPageDependencies, context: SignInContext): Promise<void> {
  const { site, provenIdentities, identities, knownDevice, secondStep } = dependencies;
  const identity = await provenIdentities.find(context);
  if (!identity) return startAgain(context);
  const outcome = await identities.signIn(identity, context.open?.client.clientId);
  if (outcome.kind === 'unknown') return showNew(dependencies, context, identity);
  await provenIdentities.drop(context);
  if (outcome.kind === 'blocked') return startAgain(context, 'refused');
  if (outcome.kind === 'outdated') return startAgain(context);
  const { user, at, signIn } = outcome;
  site.lastMethod.rememberProvider(context.ctx, identity.providerId);
  const { stays } = identity;
  if (signIn) return finish(dependencies, context, signIn, stays);
  knownDevice.remember(context.ctx, user.email);
  return secondStep.begin(context, { user, at, first: 'provider', stays });
}

async function showNew(
  { site, identities, provenIdentities, providerAccounts, terms }: StepPageDependencies,
  context: SignInContext,
  identity: PendingIdentity,
  { values, problems }: Partial<Typed> = {},
): Promise<void> {
  const { email, emailTrusted, name, issuer } = identity;
  const locals = {
    action: context.url('with'),
    formToken: context.formToken(),
    provider: identities.nameOf(issuer),
    logo: provenIdentities.logoOf(identity),
    client: context.client,
    account: email,
    mayRegister: await providerAccounts.mayRegister(identity),
    isKnown: await providerAccounts.isKnown(identity),
    isVouched: emailTrusted,
    values: values ?? { email, name },
    problems: problems ?? {},
    termsHref: terms.href,
    linkAction: context.url('with/link'),
    againHref: context.url(),
  };
  site.render(context.ctx, withNewView, locals, problems ? 422 : 200);
}

/** Creates the account for a new user, or requests the verification of its address first. */
async function register(
  dependencies: StepPageDependencies,
  context: SignInContext,
  form: Form,
): Promise<void> {
  const { provenIdentities, providerAccounts, mail, terms } = dependencies;
  const identity = await provenIdentities.find(context);
  if (!identity) return startAgain(context);
  const vouched = identity.emailTrusted ? identity.email : undefined;
  const values = { email: vouched ?? form.get('email'), name: form.get('name').trim() };
  const again = (problems: NewAccountProblems) =>
    showNew(dependencies, context, identity, { values, problems });
  const name = readName(values.name);
  if (!name.ok) return again({ name: name.problem });
  if (!hasAccepted(form, terms)) return again({ terms: 'problem.terms' });
  const typed = { email: values.email, claims: name.claims, terms: terms.version };
  const outcome = await providerAccounts.create(typed, identity, () =>
    mail.asking(context.ctx, values.email, context.uid),
  );
  if (!outcome.ok) return again(outcome.email ? { email: emailProblems[outcome.email] } : {});
  await provenIdentities.drop(context);
  if (outcome.made) return finish(dependencies, context, outcome.made, identity.stays);
  return context.redirect('verify');
}

export function addProviderStepPages(router: Router, dependencies: StepPageDependencies): void {
  const contexts = createSignInContexts(dependencies);

  async function open(ctx: Context): Promise<void> {
    return goOn(dependencies, await contexts.open(ctx));
  }

  async function submit(ctx: Context): Promise<void> {
    const { context, form } = await contexts.openForm(ctx);
    return register(dependencies, context, form);
  }

  router.get('/auth/interaction/:uid/with', open);
  router.post('/auth/interaction/:uid/with', limit('federation'), submit);
  router.get('/auth/sign-in/with', open);
  router.post('/auth/sign-in/with', limit('federation'), submit);
}
