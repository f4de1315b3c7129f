// Interactions as the pages use them: opens an interaction by the browser's cookie, stores
// intermediate results, and passes the final result to oidc-provider. One interaction handles both
// the sign-in and the consent if both are needed.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import { noAccess, type AccessRequest } from '#core/consents/consents.ts';
import type { CompleteSignIn } from '#core/sessions/authentication.ts';
import { checkEmail } from '#core/users/email-addresses.ts';
import type { User } from '#core/users/users.ts';
import { findRefusal, type AccessRefusal } from '#oidc/access-control/client-access.ts';
import {
  findAccount,
  findSignIn,
  type InteractionAccountDependencies,
} from './interaction-account.ts';
import {
  allow,
  deny,
  readAsked,
  attachSession,
  recordChoice,
  recordSignIn,
  type ChosenSession,
  type Completion,
  type NextStep,
  type StepDependencies,
} from './interaction-steps.ts';
import { describeInteraction, hasPrompt, type OpenInteraction } from './open-interaction.ts';

export type { Completion, NextStep, OpenInteraction };

export interface InteractionDependencies extends StepDependencies, InteractionAccountDependencies {
  readonly provider: Provider;
}

/** From the request (OpenID Connect Core §3.1.2.1); `prompt=login` counts as a maximum age of 0. */
export interface AuthenticationRequirements {
  readonly maxAgeSeconds?: number;
  readonly loginHint?: string;
}

export function createInteractions(dependencies: InteractionDependencies) {
  return {
    /**
     * @throws SessionNotFound if it is finished, expired, or belongs to another browser
     * @param uid from the URL; it must match the interaction of the cookie
     */
    open: (req: IncomingMessage, res: ServerResponse, uid: string): Promise<OpenInteraction> =>
      openInteraction(dependencies, { req, res, uid }),
    /**
     * The interaction of a sign-in without a browser; the caller has verified that it belongs to the request.
     */
    find: (uid: string): Promise<OpenInteraction | undefined> => findInteraction(dependencies, uid),
    accessAsked: (open: OpenInteraction): Promise<AccessRequest> => readAsked(dependencies, open),
    accessAllowedBefore: (open: OpenInteraction, userId: string): Promise<AccessRequest> =>
      accessAllowedBefore(dependencies, open, userId),
    /** The reason why the user may not use the client; `undefined` if the user may. */
    refusal: (open: OpenInteraction): Promise<AccessRefusal | undefined> =>
      findRefusal(dependencies, open),
    account: (open: OpenInteraction): Promise<User | undefined> => findAccount(dependencies, open),
    signInOf: (open: OpenInteraction): Promise<CompleteSignIn | undefined> =>
      findSignIn(dependencies, open),
    /** False if the user who signed in during this interaction does not stay signed in. */
    stays: ({ providerInteraction }: OpenInteraction): boolean =>
      providerInteraction.result?.login?.remember !== false,
    /** Detaches the interaction from the browser's previous session, which has ended. */
    leaveSession({ providerInteraction }: OpenInteraction): void {
      delete providerInteraction.session;
    },
    /** True if the interaction has a result from which oidc-provider can continue. */
    isSettled: ({ providerInteraction }: OpenInteraction): boolean =>
      providerInteraction.result?.consent !== undefined ||
      providerInteraction.result?.error !== undefined,
    /** Continues the interaction in another session of this browser, in which the user signs in. */
    attach: attachSession,
    chosen: (open: OpenInteraction, session: ChosenSession): Promise<NextStep> =>
      recordChoice(dependencies, open, session),
    wishes: (uid: string): Promise<AuthenticationRequirements> =>
      readRequirements(dependencies, uid),
    signedIn: (
      open: OpenInteraction,
      signIn: CompleteSignIn,
      completion?: Completion,
    ): Promise<NextStep> => recordSignIn(dependencies, open, signIn, completion),
    allowed: (open: OpenInteraction, user: User): Promise<NextStep> =>
      allow(dependencies, open, user),
    denied: (open: OpenInteraction): Promise<NextStep> => deny(dependencies, open),
  };
}

export type Interactions = ReturnType<typeof createInteractions>;

async function openInteraction(
  { provider, clients }: InteractionDependencies,
  { req, res, uid }: { req: IncomingMessage; res: ServerResponse; uid: string },
): Promise<OpenInteraction> {
  const providerInteraction = await provider.interactionDetails(req, res);
  const client = await clients.find(String(providerInteraction.params['client_id']));
  if (providerInteraction.uid !== uid || !client)
    throw new errors.SessionNotFound('no such interaction');
  return describeInteraction(providerInteraction, client);
}

async function findInteraction(
  { provider, clients }: InteractionDependencies,
  uid: string,
): Promise<OpenInteraction | undefined> {
  const providerInteraction = await provider.Interaction.find(uid);
  if (!providerInteraction) return undefined;
  const client = await clients.find(String(providerInteraction.params['client_id']));
  return client && describeInteraction(providerInteraction, client);
}

/** The part of the requested access that the user allowed this client before. */
async function accessAllowedBefore(
  dependencies: InteractionDependencies,
  open: OpenInteraction,
  userId: string,
): Promise<AccessRequest> {
  const { client } = open;
  // A first-party client never needs consent.
  if (client.firstParty) return noAccess;
  const asked = await readAsked(dependencies, open);
  return (await dependencies.consent.allowedTo(client, userId, asked)) ?? noAccess;
}

/**
 * The client's parameters for a sign-in at an identity provider. The cookie is not checked: the
 * caller has verified that the form came from a page of this interaction.
 */
async function readRequirements(
  { provider }: InteractionDependencies,
  uid: string,
): Promise<AuthenticationRequirements> {
  const providerInteraction = await provider.Interaction.find(uid);
  if (!providerInteraction) return {};
  const { login_hint: loginHint, max_age: requestedAge } = providerInteraction.params;
  const maxAge = hasPrompt(providerInteraction.params, 'login')
    ? 0
    : Number(requestedAge ?? Number.NaN);
  return {
    ...(Number.isInteger(maxAge) && maxAge >= 0 ? { maxAgeSeconds: maxAge } : {}),
    ...(typeof loginHint === 'string' && checkEmail(loginHint).ok ? { loginHint } : {}),
  };
}
