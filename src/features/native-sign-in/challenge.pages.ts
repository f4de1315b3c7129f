// The authorization challenge endpoint (draft-ietf-oauth-first-party-apps): an app of the operator signs a
// user in on its own pages, step by step, and receives an authorization code (docs/decisions/0052).
import type Router from '@koa/router';
import { errors } from 'oidc-provider';
import { signsInNatively } from '#core/clients/client-policies.ts';
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Context } from '#http/context.ts';
import { rateLimits } from '#http/rate-limit/rate-limits.ts';
import { limit } from '#http/rate-limit/route-limit.ts';
import { readForm } from '#http/request/input.ts';
import { authorizationChallengePath } from '#oidc/configuration.ts';
import { readDpopProof } from '#oidc/security/dpop-proofs.ts';
import type { Interactions } from '#oidc/sign-in/interactions.ts';
import { accessPrompt } from '#oidc/sign-in/interaction-policy.ts';
import {
  askAgain,
  refuse,
  refuseProof,
  sendCode,
  sendToWeb,
  type AnswerDependencies,
  type NextAnswer,
} from './challenge-answers.pages.ts';
import {
  methodsOf,
  takeStep,
  type ChallengeStepDependencies,
  type StepResult,
} from './challenge-steps.pages.ts';
import type {
  Authorized,
  Installation,
  NativeAuthorization,
} from './native-authorization.pages.ts';
import type { NativeSignInStore } from './native-sign-ins.store.ts';
import {
  authorizationRequestOf,
  readChallengeRequest,
  type ChallengeRequest,
} from './challenge-request.pages.ts';
import type { Method, NativeSignIn } from './native-sign-in.ts';

export interface ChallengePageDependencies extends ChallengeStepDependencies, AnswerDependencies {
  readonly issuer: string;
  readonly clients: Clients;
  readonly interactions: Interactions;
  readonly authorization: NativeAuthorization;
  readonly nativeSignIns: NativeSignInStore;
}

interface Call {
  readonly ctx: Context;
  readonly request: ChallengeRequest;
  readonly installation: Installation;
}

type Opened =
  | { readonly ok: true; readonly signIn: NativeSignIn }
  | { readonly ok: false; readonly error: string; readonly description?: string | undefined };

export function addNativeSignIn(router: Router, dependencies: ChallengePageDependencies): void {
  router.post(authorizationChallengePath, limit('authorization'), async (ctx) => {
    const form = await readForm(ctx);
    const client = await dependencies.clients.find(form.get('client_id'));
    // The same response for a client that does not exist and for one without native sign-in.
    if (!client || !signsInNatively(client.metadata)) return refuse(ctx, 'unauthorized_client');
    const jkt = await keyOf(dependencies, ctx, client);
    if (jkt === undefined) return undefined;
    const read = readChallengeRequest(form);
    if (!read.ok) return refuse(ctx, 'invalid_request', read.fault);
    const { request } = read;
    const { method = '' } = request;
    if (method.startsWith('email')) await countMail(ctx);
    return handle(dependencies, { ctx, request, installation: { client, jkt } });
  });
}

/** Requests for mail and attempts with codes count together with those on the pages. */
async function countMail(ctx: Context): Promise<void> {
  await ctx.state.rateLimiter.apply(rateLimits.emailTokens, ctx, async () => {});
}

/** Answers the request and returns `undefined` if its proof is not valid. */
async function keyOf(
  { provider, issuer }: ChallengePageDependencies,
  ctx: Context,
  { clientId }: Client,
): Promise<string | undefined> {
  try {
    const url = `${issuer}${authorizationChallengePath}`;
    return await readDpopProof(provider, ctx, { clientId, url });
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError)) throw error;
    return refuseProof(ctx, error);
  }
}

async function handle(dependencies: ChallengePageDependencies, call: Call): Promise<void> {
  const { ctx, request } = call;
  const opened = await (request.authSession === undefined
    ? begin(dependencies, call)
    : continueSignIn(dependencies, call, request.authSession));
  if (!opened.ok) return refuse(ctx, opened.error, opened.description);
  const { signIn } = opened;
  const { method, form } = request;
  if (method === undefined) return askAgain(dependencies, ctx, { signIn });
  const result = await takeStep(dependencies, method, { ctx, form, signIn });
  return follow(dependencies, call, { signIn, result });
}

/** The authorization request, from the first request of the app. */
async function begin(
  dependencies: ChallengePageDependencies,
  { ctx, request: { form, method }, installation }: Call,
): Promise<Opened> {
  const { client, jkt } = installation;
  const parameters = authorizationRequestOf(form);
  const answer = await dependencies.authorization.begin(ctx, installation, parameters);
  if (answer.outcome === 'error') return { ok: false, ...answer };
  if (answer.outcome === 'code') return { ok: false, error: 'invalid_request' };
  const { clientId } = client;
  const signIn = { clientId, jkt, interactionId: answer.uid, failures: 0 };
  return refuseMethod(dependencies, method, signIn) ?? { ok: true, signIn };
}

/**
 * Consumes the `auth_session`, but not for another client or key, which could otherwise end the sign-in of
 * the app.
 */
async function continueSignIn(
  dependencies: ChallengePageDependencies,
  { request: { method }, installation: { client, jkt } }: Call,
  authSession: string,
): Promise<Opened> {
  const { nativeSignIns } = dependencies;
  const signIn = await nativeSignIns.find(authSession);
  if (!signIn || signIn.clientId !== client.clientId || signIn.jkt !== jkt) {
    return { ok: false, error: 'invalid_session' };
  }
  const refused = refuseMethod(dependencies, method, signIn);
  if (refused) return refused;
  const isFirst = await nativeSignIns.use(authSession);
  return isFirst ? { ok: true, signIn } : { ok: false, error: 'invalid_session' };
}

function refuseMethod(
  dependencies: ChallengePageDependencies,
  method: Method | undefined,
  signIn: NativeSignIn,
): Opened | undefined {
  if (method === undefined || methodsOf(dependencies, signIn).includes(method)) return undefined;
  return { ok: false, error: 'invalid_request', description: 'method is not offered' };
}

async function follow(
  dependencies: ChallengePageDependencies,
  call: Call,
  { signIn, result }: { readonly signIn: NativeSignIn; readonly result: StepResult },
): Promise<void> {
  const { ctx } = call;
  const again = (next: NextAnswer) => askAgain(dependencies, ctx, next);
  switch (result.next) {
    case 'complete':
      return complete(dependencies, call, { signIn, result });
    case 'second-factor': {
      const half = { ...result.proven, stays: true };
      const pending = await dependencies.pendingSignIns.begin(half, signIn.interactionId);
      return again({ signIn: { ...signIn, pending } });
    }
    case 'mail-sent':
      return again({ signIn: { ...signIn, isMailSent: true } });
    case 'again':
      return again({ ...result, signIn: { ...signIn, failures: signIn.failures + 1 } });
    case 'web': {
      const open = await dependencies.interactions.find(signIn.interactionId);
      return sendToWeb(dependencies, ctx, open);
    }
    case 'over':
      return refuse(ctx, 'invalid_session');
  }
}

interface Completed {
  readonly signIn: NativeSignIn;
  readonly result: Extract<StepResult, { next: 'complete' }>;
}

async function complete(
  dependencies: ChallengePageDependencies,
  { ctx, installation }: Call,
  { signIn: { interactionId }, result: { signIn, alongside } }: Completed,
): Promise<void> {
  const { interactions, authorization } = dependencies;
  const open = await interactions.find(interactionId);
  if (!open) return refuse(ctx, 'invalid_session');
  const next = await interactions.signedIn(open, signIn, { alongside, isInApp: true });
  if (next.step === 'consent') return sendToWeb(dependencies, ctx, open);
  return finish(dependencies, ctx, await authorization.resume(ctx, installation, interactionId));
}

async function finish(
  dependencies: ChallengePageDependencies,
  ctx: Context,
  answer: Authorized,
): Promise<void> {
  const { interactions } = dependencies;
  if (answer.outcome === 'code') return sendCode(ctx, answer.code);
  if (answer.outcome === 'error') return refuse(ctx, answer.error, answer.description);
  const open = await interactions.find(answer.uid);
  if (open?.prompt.name !== accessPrompt) return sendToWeb(dependencies, ctx, open);
  return refuse(ctx, 'access_denied', 'End-User may not use this client');
}
