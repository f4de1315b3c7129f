// Sign-in with a passkey, in an interaction and in the account area, and a passkey as second factor
// after the password. A script requests the challenge and submits the response as a form.
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import {
  signedInWithPasskey,
  signedInWithPasskeyAfter,
  type CompleteSignIn,
} from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import type { KnownDevice } from '#features/passwords/known-device.pages.ts';
import type { StepCookie } from '#features/mfa/pending-mfa-cookie.pages.ts';
import type { PasskeyFault, PasskeySignIn } from './passkey-sign-in.service.ts';
import type { PartialSignIn, PendingSignIns } from '#features/mfa/pending-mfa.service.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import {
  createSignInContexts,
  type SignInContext,
} from '#features/interaction/sign-in-context.pages.ts';
import type { TrustedBrowser } from '#features/mfa/trusted-browser.pages.ts';
import type { SitePages, ProblemName } from '#http/site-pages.ts';

export interface PasskeySignInPageDependencies {
  readonly site: SitePages;
  readonly interaction: InteractionPages;
  readonly stepCookie: StepCookie;
  readonly knownDevice: KnownDevice;
  readonly pendingSignIns: PendingSignIns;
  readonly passkeySignIn: PasskeySignIn;
  readonly trustedBrowser: TrustedBrowser;
}

/** Shown on the page to which a failed attempt is redirected. */
const problems = {
  refused: 'passkey',
  unknown: 'passkey-unknown',
  cloned: 'passkey-cloned',
  blocked: 'refused',
} as const satisfies Record<PasskeyFault, ProblemName>;

/** A pending sign-in whose second factor is a passkey; `token` identifies it. */
interface Pending extends PartialSignIn {
  readonly token: string;
}

async function findPending(
  { stepCookie: cookie, pendingSignIns }: PasskeySignInPageDependencies,
  { ctx, flow }: SignInContext,
): Promise<Pending | undefined> {
  const token = cookie.read(ctx);
  const found = token === undefined ? undefined : await pendingSignIns.find(token, flow);
  return found && token !== undefined ? { ...found, token } : undefined;
}

/** The challenge of one step is not valid for another step or another flow. */
function stepOf(context: SignInContext, pending?: Pending) {
  if (pending) return { purpose: 'second-factor', binding: pending.token } as const;
  return { purpose: 'sign-in', binding: context.binding() } as const;
}

/**
 * Returns the completed sign-in or the problem. With `pending`, the passkey is the second factor.
 */
async function check(
  { passkeySignIn, pendingSignIns, knownDevice, stepCookie: cookie }: PasskeySignInPageDependencies,
  context: SignInContext,
  answer: string,
  pending?: Pending,
): Promise<CompleteSignIn | PasskeyFault> {
  const { ctx } = context;
  const outcome = await passkeySignIn.check(answer, stepOf(context, pending), pending?.user.id);
  if (!outcome.ok) return outcome.reason;
  const { synced } = outcome;
  knownDevice.remember(ctx, outcome.user.email);
  if (!pending) return signedInWithPasskey(outcome, { synced });
  await pendingSignIns.end(pending.token);
  cookie.clear(ctx);
  return signedInWithPasskeyAfter(pending.first, pending, { synced });
}

/** Completes the sign-in, or returns to the page of the step with the problem. */
function finish(
  context: SignInContext,
  step: string,
  proven: CompleteSignIn | PasskeyFault,
  stays = context.stays,
): Promise<void> | void {
  if (typeof proven !== 'string') return context.complete(proven, { stays });
  return context.redirect(step, `?problem=${problems[proven]}`);
}

export function addPasskeySignInPages(
  router: Router,
  dependencies: PasskeySignInPageDependencies,
): void {
  const { passkeySignIn, trustedBrowser } = dependencies;
  const contexts = createSignInContexts(dependencies);

  async function firstOptions(ctx: Context): Promise<void> {
    const { context } = await contexts.openForm(ctx);
    ctx.body = await passkeySignIn.options(stepOf(context));
  }

  async function first(ctx: Context): Promise<void> {
    const { context, form } = await contexts.openForm(ctx);
    return finish(context, '', await check(dependencies, context, form.get('answer')));
  }

  async function secondOptions(ctx: Context): Promise<void> {
    const { context } = await contexts.openForm(ctx);
    const pending = await findPending(dependencies, context);
    if (!pending) return context.redirect();
    ctx.body = await passkeySignIn.options(stepOf(context, pending), pending.user.id);
    return undefined;
  }

  async function second(ctx: Context): Promise<void> {
    const { context, form } = await contexts.openForm(ctx);
    const pending = await findPending(dependencies, context);
    if (!pending) return context.redirect();
    const proven = await check(dependencies, context, form.get('answer'), pending);
    if (typeof proven !== 'string') await trustedBrowser.remember(ctx, form, pending.user);
    return finish(context, 'second-factor', proven, pending.stays);
  }

  router.post('/auth/sign-in/passkey/options', limit('passkeys'), firstOptions);
  router.post('/auth/sign-in/passkey', limit('passkeys'), first);
  router.post('/auth/sign-in/second-factor/passkey/options', limit('passkeys'), secondOptions);
  router.post('/auth/sign-in/second-factor/passkey', limit('passkeys'), second);
  router.post('/auth/interaction/:uid/passkey/options', limit('passkeys'), firstOptions);
  router.post('/auth/interaction/:uid/passkey', limit('passkeys'), first);
  router.post(
    '/auth/interaction/:uid/second-factor/passkey/options',
    limit('passkeys'),
    secondOptions,
  );
  router.post('/auth/interaction/:uid/second-factor/passkey', limit('passkeys'), second);
}
