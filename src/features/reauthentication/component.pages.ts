// Asks a signed-in user to authenticate again, in the form of the action itself or on a separate
// page, and verifies the response. Which actions need it is in
// http/reauthentication/protected-actions.ts; the separate page is reauthentication.pages.ts.
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import { statusOf, type SignInAttempts } from '#features/passwords/sign-in-attempts.pages.ts';
import { passwordAgainProblems } from '#features/passwords/sign-in-problems.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import { factorProblems } from '#features/mfa/second-step.pages.ts';
import type { ProviderButton } from '#http/rendering/provider-choice.ts';
import type { ProviderButtons } from '#features/federation/pages/provider-buttons.pages.ts';
import { canBeTyped, isProven, type Requirement } from './reauthentication.ts';
import type { Reauthentication } from './reauthentication.service.ts';
import type { SecondFactor } from '#features/mfa/mfa.service.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import type { Providers } from '#features/federation/providers.service.ts';
import type { SignedIn } from '#oidc/sign-in/browser-session.ts';
import { sensitiveActs, type AccountPage } from '#http/reauthentication/protected-actions.ts';
import type {
  AskedAct,
  ProofOutcome,
  ReauthenticationGate,
  ReauthenticationView,
  Refusal,
} from '#http/reauthentication/reauthentication-gate.ts';

export interface ReauthenticationDependencies {
  readonly site: SitePages;
  readonly attempts: SignInAttempts;
  readonly secondFactor: SecondFactor;
  readonly reauthentication: Reauthentication;
  readonly identities: Identities;
  readonly providers: Providers;
  readonly providerButtons: ProviderButtons;
  readonly now: () => Date;
}

/** The providers with which the user has linked an identity. */
async function providersOf(
  { identities, providers, providerButtons }: ReauthenticationDependencies,
  userId: string,
): Promise<readonly ProviderButton[]> {
  const issuers = new Set((await identities.list(userId)).map(({ issuer }) => issuer));
  return providers.list.filter(({ issuer }) => issuers.has(issuer)).map(providerButtons.button);
}

async function present(
  dependencies: ReauthenticationDependencies,
  { user }: SignedIn,
  required: Requirement,
  back: AccountPage,
): Promise<ReauthenticationView> {
  const { password, code, passkey, provider } = required;
  const action = dependencies.site.address('/auth/account/confirm');
  return {
    action,
    back,
    asksForPassword: password,
    asksForCode: code,
    canBeTyped: canBeTyped(required),
    isProven: isProven(required),
    passkey: passkey && {
      action: `${action}/passkey`,
      optionsAction: `${action}/passkey/options`,
    },
    providers: provider ? await providersOf(dependencies, user.id) : [],
  };
}

async function checkPassword(
  { attempts }: ReauthenticationDependencies,
  ctx: Context,
  { user }: SignedIn,
  password: string,
): Promise<Refusal | undefined> {
  const outcome = await attempts.attempt(ctx, { login: user.email, password });
  if (!outcome.ok) {
    const problems = { password: passwordAgainProblems[outcome.reason] };
    return { problems, status: statusOf(outcome.reason) };
  }
  await outcome.settle();
  if (outcome.user.id === user.id) return undefined;
  return { problems: { password: 'problem.password.wrong' }, status: 422 };
}

async function checkCode(
  { secondFactor }: ReauthenticationDependencies,
  { user }: SignedIn,
  code: string,
): Promise<Refusal | undefined> {
  const outcome = await secondFactor.check(user.id, code);
  if (outcome.ok) return undefined;
  const status = outcome.reason === 'locked' ? 429 : 422;
  return { problems: { code: factorProblems[outcome.reason] }, status };
}

/** Password hashing waits in a queue, so the session may have been revoked in the meantime. */
async function isStillSignedIn(
  { site }: ReauthenticationDependencies,
  ctx: Context,
  { sessionUid }: SignedIn,
): Promise<boolean> {
  return (await site.signedIn(ctx))?.sessionUid === sessionUid;
}

/** A submitted form with reauthentication fields. */
interface Submitted {
  readonly ctx: Context;
  readonly visit: SignedIn;
  readonly form: Form;
  readonly passwordField: string;
}

async function prove(
  dependencies: ReauthenticationDependencies,
  { ctx, visit, form, passwordField }: Submitted,
  required: Requirement,
): Promise<ProofOutcome> {
  const { password, code, counted } = required;
  const startedAt = dependencies.now();
  const amr = counted?.amr ?? [];
  const at = counted?.at ?? startedAt;
  if (!canBeTyped(required)) return { ok: false, problems: {}, status: 422 };
  const refused =
    (password && (await checkPassword(dependencies, ctx, visit, form.get(passwordField)))) ||
    (code && (await checkCode(dependencies, visit, form.get('code'))));
  if (refused) return { ok: false, ...refused };
  const typed = [...(password ? ['pwd'] : []), ...(code ? ['otp'] : [])];
  if (typed.length === 0) return { ok: true, amr, at };
  if (!(await isStillSignedIn(dependencies, ctx, visit))) {
    return { ok: false, problems: {}, status: 422 };
  }
  await dependencies.reauthentication.note(visit.sessionUid, typed, startedAt);
  return { ok: true, amr: [...amr, ...typed], at };
}

export function createReauthenticationComponent(
  dependencies: ReauthenticationDependencies,
): ReauthenticationGate {
  const requirement = (visit: SignedIn, act: AskedAct) => {
    const recency = act === 'confirm' ? 'again' : sensitiveActs[act].recency;
    return dependencies.reauthentication.requirement(visit, recency);
  };

  return {
    async ask(
      visit: SignedIn,
      act: AskedAct,
      back: AccountPage = act === 'confirm' ? 'email' : sensitiveActs[act].page,
    ): Promise<ReauthenticationView> {
      return present(dependencies, visit, await requirement(visit, act), back);
    },
    async prove(
      ctx: Context,
      visit: SignedIn,
      form: Form,
      act: AskedAct,
      passwordField = 'password',
    ): Promise<ProofOutcome> {
      const submitted = { ctx, visit, form, passwordField };
      return prove(dependencies, submitted, await requirement(visit, act));
    },
    isProven: async (visit: SignedIn, act: AskedAct): Promise<boolean> =>
      isProven(await requirement(visit, act)),
  };
}
