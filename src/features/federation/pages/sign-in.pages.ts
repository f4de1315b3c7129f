// The pages after the response of a provider: a known user is signed in or asked for the second
// factor; a new user creates an account or links the identity to an existing one (link.pages.ts).
import type Router from '@koa/router';
import type { CompleteSignIn } from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { KnownDevice } from '#features/passwords/known-device.pages.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import type { MailPages } from '#features/email-tokens/email-token.pages.ts';
import {
  emailProblems,
  hasAccepted,
  readName,
  type NewAccountProblems,
  type TermsRule,
} from '#features/account-creation/new-account-form.pages.ts';
import type { OwnPages } from '#http/site-pages.ts';
import type { SecondStep } from '#features/mfa/second-step.pages.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import type { ProviderAccounts } from '#features/federation/federated-registration.service.ts';
import type { KeptIdentity } from '#features/federation/upstream-requests.service.ts';
import { own, placeOf, type Place, type Places } from './flow.pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import { defineView } from '#http/rendering/view.ts';

export interface WithNewLocals {
  readonly action: string;
  readonly formToken: string;
  readonly provider: string;
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
  readonly own: OwnPages;
  readonly interaction: InteractionPages;
  readonly mail: MailPages;
  readonly places: Places;
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

export function addProviderStepPages(router: Router, dependencies: StepPageDependencies): void {
  const { own: pages, interaction, mail, places, knownDevice, secondStep } = dependencies;
  const { identities, providerAccounts, terms } = dependencies;

  async function finish(ctx: Context, { open }: Place, signIn: CompleteSignIn): Promise<void> {
    knownDevice.remember(ctx, signIn.user.email);
    if (!open) return pages.signInAndShowAccount(ctx, signIn);
    return interaction.goOn(ctx, open, await interaction.signedIn(ctx, open, signIn));
  }

  async function goOn(ctx: Context, place: Place): Promise<void> {
    const identity = await places.proven(ctx, place);
    if (!identity) return places.startAgain(ctx, place);
    const outcome = await identities.signIn(identity, place.open?.client.clientId);
    if (outcome.kind === 'unknown') return showNew(ctx, place, identity);
    await places.drop(ctx, place);
    if (outcome.kind === 'blocked') return places.startAgain(ctx, place, 'refused');
    if (outcome.kind === 'outdated') return places.startAgain(ctx, place);
    const { user, at, signIn } = outcome;
    if (signIn) return finish(ctx, place, signIn);
    knownDevice.remember(ctx, user.email);
    const half = { user, at, first: 'provider' } as const;
    if (!place.open) return secondStep.forAccount(ctx, half);
    return secondStep.forApp(ctx, half, place.open.uid);
  }

  async function showNew(
    ctx: Context,
    place: Place,
    identity: KeptIdentity,
    { values, problems }: Partial<Typed> = {},
  ): Promise<void> {
    const { email, emailTrusted, name, issuer } = identity;
    const locals = {
      action: pages.address(`${place.path}/with`),
      formToken: places.formToken(ctx, place),
      provider: identities.nameOf(issuer),
      client: place.open && interaction.clientOf(place.open),
      account: email,
      mayRegister: await providerAccounts.mayRegister(identity),
      isKnown: await providerAccounts.isKnown(identity),
      isVouched: emailTrusted,
      values: values ?? { email, name },
      problems: problems ?? {},
      termsHref: terms.href,
      linkAction: pages.address(`${place.path}/with/link`),
      againHref: pages.address(place.path),
    };
    pages.render(ctx, withNewView, locals, problems ? 422 : 200);
  }

  async function register(ctx: Context, place: Place, form: Form): Promise<void> {
    const identity = await places.proven(ctx, place);
    if (!identity) return places.startAgain(ctx, place);
    const vouched = identity.emailTrusted ? identity.email : undefined;
    const values = { email: vouched ?? form.get('email'), name: form.get('name').trim() };
    const again = (problems: NewAccountProblems) =>
      showNew(ctx, place, identity, { values, problems });
    const name = readName(values.name);
    if (!name.ok) return again({ name: name.problem });
    if (!hasAccepted(form, terms)) return again({ terms: 'problem.terms' });
    const { claims } = name;
    const typed = { email: values.email, claims, terms: terms.version };
    const outcome = await providerAccounts.create(typed, identity, () =>
      mail.asking(ctx, values.email, place.open?.uid),
    );
    if (!outcome.ok) return again(outcome.email ? { email: emailProblems[outcome.email] } : {});
    await places.drop(ctx, place);
    if (outcome.made) return finish(ctx, place, outcome.made);
    return pages.redirect(ctx, place.open ? `${place.path}/verify` : '/auth/verify');
  }

  router.get('/auth/interaction/:uid/with', async (ctx) =>
    goOn(ctx, placeOf(await interaction.open(ctx))),
  );

  router.post('/auth/interaction/:uid/with', async (ctx) => {
    const { open, form } = await interaction.openForm(ctx);
    return register(ctx, placeOf(open), form);
  });

  router.get('/auth/sign-in/with', (ctx) => goOn(ctx, own));

  router.post('/auth/sign-in/with', async (ctx) => register(ctx, own, await pages.readForm(ctx)));
}
