// The steps of a sign-in in an app: each verifies a proof with the services of the sign-in pages, and returns
// what comes next.
import {
  signedInWith,
  signedInWithCode,
  signedInWithPasskey,
  signedInWithPasskeyAfter,
  type CompleteSignIn,
} from '#core/sessions/authentication.ts';
import type { EmailSignIn } from '#features/email-sign-in/email-sign-in.service.ts';
import type { SecondFactor } from '#features/mfa/mfa.service.ts';
import type { PartialSignIn, PendingSignIns } from '#features/mfa/pending-mfa.service.ts';
import type { PasskeySignIn } from '#features/passkeys/passkey-sign-in.service.ts';
import type { SignInAttempts } from '#features/passwords/sign-in-attempts.pages.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import { isAppError } from '#platform/errors.ts';
import type { Method, NativeSignIn } from './native-sign-in.ts';

export interface ChallengeStepDependencies {
  readonly attempts: SignInAttempts;
  readonly secondFactor: SecondFactor;
  readonly pendingSignIns: PendingSignIns;
  readonly passkeySignIn: PasskeySignIn;
  readonly emailSignInService: EmailSignIn;
  /** False if the pages offer no sign-in by mail either. */
  readonly mailSignsIn: boolean;
}

/** Why the user has to try again; the app shows its own sentence for it. */
export type Reason =
  | 'wrong'
  | 'throttled'
  | 'locked'
  | 'malformed'
  | 'expired'
  | 'unknown_passkey'
  | 'invalid_passkey'
  | 'invalid_email';

export type StepResult =
  | {
      readonly next: 'complete';
      readonly signIn: CompleteSignIn;
      readonly alongside?: (() => Promise<void>) | undefined;
    }
  | { readonly next: 'second-factor'; readonly proven: Omit<PartialSignIn, 'stays'> }
  | { readonly next: 'mail-sent' }
  | { readonly next: 'again'; readonly reason: Reason; readonly retryAfterSeconds?: number }
  /** The sign-in must continue on a page, which can explain the problem. */
  | { readonly next: 'web' }
  /** An earlier proof is no longer valid. */
  | { readonly next: 'over' };

export interface Step {
  readonly ctx: Context;
  readonly form: Form;
  readonly signIn: NativeSignIn;
}

type Take = (dependencies: ChallengeStepDependencies, step: Step) => Promise<StepResult>;

/** The methods that can be used next. */
export function methodsOf(
  { mailSignsIn }: Pick<ChallengeStepDependencies, 'mailSignsIn'>,
  { pending, isMailSent }: NativeSignIn,
): readonly Method[] {
  if (pending !== undefined) return ['otp', 'passkey'];
  const mail: readonly Method[] = isMailSent ? ['email_code', 'email'] : ['email'];
  return ['password', 'passkey', ...(mailSignsIn ? mail : [])];
}

const steps: Readonly<Record<Method, Take>> = {
  password: takePassword,
  passkey: takePasskey,
  email: sendMail,
  email_code: takeMailCode,
  otp: takeCode,
};

export function takeStep(
  dependencies: ChallengeStepDependencies,
  method: Method,
  step: Step,
): Promise<StepResult> {
  return steps[method](dependencies, step);
}

async function takePassword(
  { attempts }: ChallengeStepDependencies,
  { ctx, form, signIn: { clientId } }: Step,
): Promise<StepResult> {
  const typed = { login: form.get('username'), password: form.get('password'), clientId };
  const outcome = await attempts.attempt(ctx, typed);
  if (!outcome.ok) {
    if (outcome.reason === 'blocked') return { next: 'web' };
    return { next: 'again', reason: outcome.reason === 'throttled' ? 'throttled' : 'wrong' };
  }
  const { signIn, settle, user, at } = outcome;
  if (signIn) return { next: 'complete', signIn, alongside: settle };
  await settle();
  return { next: 'second-factor', proven: { user, at, first: 'password' } };
}

async function takePasskey(
  dependencies: ChallengeStepDependencies,
  { form, signIn }: Step,
): Promise<StepResult> {
  const { passkeySignIn, pendingSignIns } = dependencies;
  const half = await findPartial(dependencies, signIn);
  if (signIn.pending !== undefined && !half) return { next: 'over' };
  const step = passkeyStepOf(signIn);
  const outcome = await passkeySignIn.check(form.get('passkey_response'), step, half?.user.id);
  if (!outcome.ok) {
    if (outcome.reason === 'blocked') return { next: 'web' };
    const isUnknown = outcome.reason === 'unknown';
    return { next: 'again', reason: isUnknown ? 'unknown_passkey' : 'invalid_passkey' };
  }
  const { synced } = outcome;
  if (!half || signIn.pending === undefined) {
    return { next: 'complete', signIn: signedInWithPasskey(outcome, { synced }) };
  }
  await pendingSignIns.end(signIn.pending);
  return { next: 'complete', signIn: signedInWithPasskeyAfter(half.first, half, { synced }) };
}

/** The challenge of one step is not valid for another step or another sign-in. */
export function passkeyStepOf({ pending, interactionId }: NativeSignIn) {
  if (pending !== undefined) return { purpose: 'second-factor', binding: pending } as const;
  return { purpose: 'sign-in', binding: interactionId } as const;
}

async function takeCode(
  dependencies: ChallengeStepDependencies,
  { form, signIn }: Step,
): Promise<StepResult> {
  const { secondFactor, pendingSignIns } = dependencies;
  const half = await findPartial(dependencies, signIn);
  if (!half || signIn.pending === undefined) return { next: 'over' };
  const outcome = await secondFactor.check(half.user.id, form.get('code'));
  if (!outcome.ok) return { next: 'again', reason: outcome.reason };
  await pendingSignIns.end(signIn.pending);
  return { next: 'complete', signIn: signedInWithCode(half.first, half) };
}

/** The first factor, unless the user has been blocked or signed out everywhere since. */
export async function findPartial(
  { pendingSignIns }: Pick<ChallengeStepDependencies, 'pendingSignIns'>,
  { pending, interactionId }: NativeSignIn,
): Promise<PartialSignIn | undefined> {
  return pending === undefined ? undefined : pendingSignIns.find(pending, interactionId);
}

async function sendMail(
  { emailSignInService }: ChallengeStepDependencies,
  { ctx, form, signIn: { interactionId } }: Step,
): Promise<StepResult> {
  // The link of the mail opens a browser, which does not belong to this sign-in.
  const context = {
    binding: interactionId,
    locale: ctx.state.locale,
    interaction: undefined,
    address: ctx.ip,
  };
  try {
    const asked = await emailSignInService.ask(form.get('username'), context);
    return asked.ok ? { next: 'mail-sent' } : { next: 'again', reason: 'invalid_email' };
  } catch (error) {
    if (!isAppError(error, 'throttled')) throw error;
    const { retryAfterSeconds = 60 } = error;
    return { next: 'again', reason: 'throttled', retryAfterSeconds };
  }
}

async function takeMailCode(
  { emailSignInService }: ChallengeStepDependencies,
  { form, signIn: { interactionId: binding } }: Step,
): Promise<StepResult> {
  const proof = await emailSignInService.findPending(binding);
  if (!proof) return { next: 'again', reason: 'expired' };
  try {
    const outcome = await emailSignInService.finishByCode(proof.id, form.get('code'), binding);
    if (!outcome.ok) {
      return { next: 'again', reason: outcome.reason === 'over' ? 'expired' : outcome.reason };
    }
    const { user, at, hasSecondFactor } = outcome.proven;
    if (hasSecondFactor) return { next: 'second-factor', proven: { user, at, first: 'mail' } };
    return { next: 'complete', signIn: signedInWith('mail', { user, at }) };
  } catch (error) {
    if (!isAppError(error, 'expired')) throw error;
    return { next: 'again', reason: 'expired' };
  }
}
