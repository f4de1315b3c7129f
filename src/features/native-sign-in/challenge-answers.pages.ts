// Responses of the authorization challenge endpoint.
import type { errors, Provider } from 'oidc-provider';
import type { Passkeys } from '#features/passkeys/passkeys.service.ts';
import type { PasskeySignIn } from '#features/passkeys/passkey-sign-in.service.ts';
import type { PendingSignIns } from '#features/mfa/pending-mfa.service.ts';
import type { Context } from '#http/context.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
import { pushContinuation } from '#oidc/security/pushed-continuation.ts';
import { findPartial, methodsOf, passkeyStepOf, type Reason } from './challenge-steps.pages.ts';
import type { NativeSignInStore } from './native-sign-ins.store.ts';
import { authSessionSeconds, maxFailures, type NativeSignIn } from './native-sign-in.ts';

export interface AnswerDependencies {
  readonly provider: Provider;
  readonly now: () => Date;
  readonly nativeSignIns: NativeSignInStore;
  readonly pendingSignIns: PendingSignIns;
  readonly passkeys: Passkeys;
  readonly passkeySignIn: PasskeySignIn;
  readonly mailSignsIn: boolean;
}

export interface NextAnswer {
  readonly signIn: NativeSignIn;
  /** Why the last attempt was refused. */
  readonly reason?: Reason;
  readonly retryAfterSeconds?: number;
}

const descriptions: Readonly<Record<string, string>> = {
  unauthorized_client: 'the client may not sign users in without a browser',
  invalid_session: 'auth_session is invalid, was used or has expired',
  redirect_to_web: 'the user has to continue in a browser',
};

export function sendCode(ctx: Context, code: string): void {
  ctx.body = { authorization_code: code };
}

export function refuse(ctx: Context, error: string, description = descriptions[error]): void {
  ctx.status = 400;
  ctx.body = { error, ...(description === undefined ? {} : { error_description: description }) };
}

export function refuseProof(
  ctx: Context,
  { error, error_description: description }: errors.OIDCProviderError,
): undefined {
  refuse(ctx, error, description);
}

/** Contains the request of the app, so that a browser can continue it. */
export async function sendToWeb(
  { provider, now }: Pick<AnswerDependencies, 'provider' | 'now'>,
  ctx: Context,
  open: OpenInteraction | undefined,
): Promise<void> {
  const error = 'redirect_to_web';
  const continuation = open ? await pushContinuation(provider, open.params, now()) : {};
  ctx.status = 400;
  ctx.body = { error, error_description: descriptions[error], ...continuation };
}

/** Asks for the next proof, or ends the sign-in after too many refused proofs. */
export async function askAgain(
  dependencies: AnswerDependencies,
  ctx: Context,
  { signIn, reason, retryAfterSeconds }: NextAnswer,
): Promise<void> {
  if (signIn.failures >= maxFailures) {
    return refuse(ctx, 'access_denied', 'too many attempts were refused');
  }
  const half = await findPartial(dependencies, signIn);
  if (signIn.pending !== undefined && !half) return refuse(ctx, 'invalid_session');
  const userId = half?.user.id;
  const passkey = await passkeyOptions(dependencies, signIn, userId);
  const methods = methodsOf(dependencies, signIn);
  const isLimited = reason === 'throttled' || reason === 'locked';
  ctx.status = isLimited ? 429 : 400;
  if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(Math.ceil(retryAfterSeconds)));
  ctx.body = {
    error: 'insufficient_authorization',
    auth_session: await dependencies.nativeSignIns.put(signIn),
    expires_in: authSessionSeconds,
    methods: passkey ? methods : methods.filter((method) => method !== 'passkey'),
    ...(passkey === undefined ? {} : { passkey }),
    ...(reason === undefined ? {} : { reason }),
  };
}

async function passkeyOptions(
  { passkeys, passkeySignIn }: AnswerDependencies,
  signIn: NativeSignIn,
  userId: string | undefined,
) {
  const hasNone = userId !== undefined && (await passkeys.signInMethods(userId)).passkeys === 0;
  return hasNone ? undefined : passkeySignIn.options(passkeyStepOf(signIn), userId);
}
