// The steps of an interaction: sign-in, consent and refusal. Each stores its result, from which
// oidc-provider continues once the interaction is finished.
import { errors, type InteractionResults } from 'oidc-provider';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ConsentDecision, ConsentService } from '#core/consents/consents.service.ts';
import { readAccessRequest, type AccessRequest } from '#core/consents/consents.ts';
import type { CompleteSignIn } from '#core/sessions/authentication.ts';
import type { LiveSession } from '#core/sessions/parked/parked-sessions.store.ts';
import type { User } from '#core/users/users.ts';
import { seconds } from '#oidc/adapters/payload.ts';
import { saveInteractionResult } from '#oidc/patches/private-members.ts';
import { findRefusal } from '#oidc/access-control/client-access.ts';
import type { InteractionAccountDependencies } from './interaction-account.ts';
import {
  hasPrompt,
  resultsOf,
  sessionOf,
  textsOf,
  type ProviderInteraction,
  type OpenInteraction,
} from './open-interaction.ts';

export interface StepDependencies {
  readonly clients: Clients;
  readonly consent: ConsentService;
  readonly isUserScope: (scope: string) => boolean;
  readonly now: () => Date;
}

/** The next step of the browser. */
export type NextStep =
  | { readonly step: 'consent' }
  | { readonly step: 'done'; readonly returnTo: string };

/** A write to the store of the interaction; both start together and share a round trip. */
export type Alongside = () => Promise<void>;

/** What accompanies a complete sign-in. */
export interface Completion {
  readonly alongside?: Alongside | undefined;
  /** False if the session ends with the browser. */
  readonly stays?: boolean | undefined;
  /** True if the user signed in to the operator's app itself, so that no other app can ask in its name. */
  readonly isInApp?: boolean | undefined;
}

/** Records a sign-in. The interaction continues with consent if it is needed. */
export async function recordSignIn(
  dependencies: StepDependencies,
  open: OpenInteraction,
  { user, acr, amr, at }: CompleteSignIn,
  { alongside, stays = true, isInApp = false }: Completion = {},
): Promise<NextStep> {
  const { securityVersion } = user;
  const how = { acr, amr: [...amr], ts: seconds(at), remember: stays };
  const login = { accountId: user.id, ...how, securityVersion };
  const asked = await readAsked(dependencies, open);
  // Consent given by the previously signed-in user does not apply to this user.
  const { consent: _, ...earlier } = resultsOf(open);
  const before = { ...earlier, select_account: {} };
  const mustAsk =
    (hasPrompt(open.params, 'consent') && !isInApp) ||
    (await dependencies.consent.mustAsk(open.client, user.id, asked, isInApp));
  if (!mustAsk) {
    return finish(dependencies, open, { ...before, login, consent: {} }, alongside);
  }
  await save(dependencies, open.providerInteraction, { ...before, login }, alongside);
  return { step: 'consent' };
}

/** The session that the user chose, whose cookie the browser now has. */
export type ChosenSession = Pick<LiveSession, 'uid' | 'userId' | 'acr' | 'amr'>;

/**
 * Records the choice of an account. Sign-in and consent are then evaluated for its session, so that nothing
 * of the previous account remains in the request.
 */
export async function recordChoice(
  dependencies: StepDependencies,
  open: OpenInteraction,
  { uid, userId, acr, amr }: ChosenSession,
): Promise<NextStep> {
  const { consent: _consent, login: _login, ...before } = resultsOf(open);
  attachSession(open, { uid, userId, acr, amr });
  return finish(dependencies, open, { ...before, select_account: {} });
}

/** oidc-provider continues only in this session. */
export function attachSession(
  { providerInteraction }: OpenInteraction,
  { uid, userId: accountId, acr, amr }: ChosenSession,
): void {
  providerInteraction.session = {
    uid,
    accountId,
    cookie: '',
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr: [...amr] }),
  };
  delete providerInteraction.lastSubmission;
}

/**
 * Records that the user allowed the requested access.
 * @param user as returned by `account`
 * @throws SessionNotFound if the user was blocked or signed out everywhere in the meantime
 */
export async function allow(
  dependencies: StepDependencies,
  open: OpenInteraction,
  user: User,
): Promise<NextStep> {
  const decision = await decisionOf(dependencies, open, user.id);
  if (!(await dependencies.consent.allow(decision, user))) {
    throw new errors.SessionNotFound('the session or sign-in of the user was revoked');
  }
  return finish(dependencies, open, { ...resultsOf(open), consent: {} });
}

/** The user refused, cancelled, or may not use the client. */
export async function deny(
  dependencies: StepDependencies & InteractionAccountDependencies,
  open: OpenInteraction,
): Promise<NextStep> {
  const { accountId, needsSignIn } = open;
  if (!needsSignIn && (await findRefusal(dependencies, open))) {
    return finish(dependencies, open, {
      error: 'access_denied',
      error_description: 'End-User may not use this client',
    });
  }
  const wasAsked = accountId !== undefined && !needsSignIn;
  if (wasAsked) {
    await dependencies.consent.refuse(await decisionOf(dependencies, open, accountId));
  }
  return finish(dependencies, open, {
    error: 'access_denied',
    error_description: 'End-User aborted interaction',
  });
}

/** The access that the client requests, including the scopes of APIs. */
export async function readAsked(
  { clients, isUserScope }: StepDependencies,
  { client, params }: OpenInteraction,
): Promise<AccessRequest> {
  const scopes = textsOf(params['resource']).map(async (audience) => {
    const resource = await clients.findResource(audience);
    return [audience, resource ? clients.scopesFor(client, resource) : []] as const;
  });
  return readAccessRequest(params, Object.fromEntries(await Promise.all(scopes)), isUserScope);
}

async function decisionOf(
  dependencies: StepDependencies,
  open: OpenInteraction,
  userId: string,
): Promise<ConsentDecision> {
  const { clientId } = open.client;
  const sessionUid = sessionOf(open, userId);
  return { clientId, userId, sessionUid, access: await readAsked(dependencies, open) };
}

async function finish(
  dependencies: StepDependencies,
  { providerInteraction, returnTo }: OpenInteraction,
  result: InteractionResults,
  alongside?: Alongside,
): Promise<NextStep> {
  await save(dependencies, providerInteraction, result, alongside);
  return { step: 'done', returnTo };
}

async function save(
  { now }: StepDependencies,
  providerInteraction: ProviderInteraction,
  result: InteractionResults,
  alongside: Alongside = async () => {},
): Promise<void> {
  const remainingSeconds = Math.max(1, providerInteraction.exp - seconds(now()));
  await Promise.all([
    saveInteractionResult(providerInteraction, result, remainingSeconds),
    alongside(),
  ]);
}
