// Interactions as the pages use them: opens an interaction by the browser's cookie, stores
// intermediate results, and passes the final result to oidc-provider. One interaction handles both
// the sign-in and the consent if both are needed.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import { continueSignIn, type CompleteSignIn } from '#core/sessions/authentication.ts';
import { checkEmail } from '#core/users/email-addresses.ts';
import type { Client } from '#core/clients/clients.ts';
import { noAccess, readAccessRequest, type AccessRequest } from '#core/consents/consents.ts';
import type { User } from '#core/users/users.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ConsentDecision, ConsentService } from '#core/consents/consents.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { seconds } from '#oidc/adapters/payload.ts';
import { versionIn } from './security-version.ts';

type EngineInteraction = Awaited<ReturnType<Provider['interactionDetails']>>;

export interface OpenInteraction {
  readonly uid: string;
  readonly client: Client;
  readonly params: Readonly<Record<string, unknown>>;
  readonly prompt: { readonly name: string; readonly reasons: readonly string[] };
  /** The user who signed in during this interaction or was already signed in in this browser. */
  readonly accountId: string | undefined;
  /** The user who was signed in before this interaction. */
  readonly sessionAccountId: string | undefined;
  /** True while oidc-provider waits for a sign-in. */
  readonly needsSignIn: boolean;
  readonly engine: EngineInteraction;
}

/** The next step of the browser. */
export type NextStep =
  | { readonly step: 'consent' }
  | { readonly step: 'done'; readonly returnTo: string };

/** From the request (OpenID Connect Core §3.1.2.1); `prompt=login` counts as a maximum age of 0. */
export interface SignInWishes {
  readonly maxAgeSeconds?: number;
  readonly loginHint?: string;
}

export interface InteractionDependencies {
  readonly provider: Provider;
  readonly clients: Clients;
  readonly consent: ConsentService;
  readonly subjectStatus: SubjectStatusService;
  readonly isUserScope: (scope: string) => boolean;
  readonly now: () => Date;
}

export function createInteractions(dependencies: InteractionDependencies) {
  const { provider, clients, consent, subjectStatus, isUserScope, now } = dependencies;

  /** `alongside` writes to the same store; both start together and share a round trip. */
  async function save(
    engine: EngineInteraction,
    result: InteractionResults,
    alongside: () => Promise<void> = nothing,
  ): Promise<void> {
    engine.result = result;
    await Promise.all([engine.save(Math.max(1, engine.exp - seconds(now()))), alongside()]);
  }

  async function finish(
    { engine }: OpenInteraction,
    result: InteractionResults,
    alongside?: () => Promise<void>,
  ): Promise<NextStep> {
    await save(engine, result, alongside);
    return { step: 'done', returnTo: engine.returnTo };
  }

  /** The results of this interaction and of earlier ones in the same authorization request. */
  function resultsOf({ engine }: OpenInteraction): InteractionResults {
    return { ...engine.lastSubmission, ...engine.result };
  }

  async function accessAsked({ client, params }: OpenInteraction): Promise<AccessRequest> {
    const scopes = textsOf(params['resource']).map(async (audience) => {
      const resource = await clients.findResource(audience);
      return [audience, resource ? clients.scopesFor(client, resource) : []] as const;
    });
    const ofApis = Object.fromEntries(await Promise.all(scopes));
    return readAccessRequest(params, ofApis, isUserScope);
  }

  async function decisionOf(open: OpenInteraction, userId: string): Promise<ConsentDecision> {
    const { client } = open;
    const sessionUid = sessionOf(open, userId);
    return { clientId: client.clientId, userId, sessionUid, access: await accessAsked(open) };
  }

  /** Returns `undefined` also if the user's session or sign-in was revoked in the meantime. */
  async function account(open: OpenInteraction): Promise<User | undefined> {
    const { accountId, engine } = open;
    if (accountId === undefined) return undefined;
    const login = engine.result?.login;
    const sessionUid = login ? undefined : sessionOf(open, accountId);
    const facts = await subjectStatus.load({ userId: accountId, grantId: undefined, sessionUid });
    const { user, session } = facts;
    if (sessionUid !== undefined && session?.userId !== accountId) return undefined;
    if (login && versionIn(login) !== user?.securityVersion) return undefined;
    // The security version has proven that a sign-in of this interaction is still valid.
    const since = login ? now() : (session?.signedInAt ?? new Date(engine.iat * 1000));
    return user && subjectStatus.isActive(facts, null, since) ? user : undefined;
  }

  return {
    accessAsked,
    /** The part of the requested access that the user allowed this client before. */
    async accessAllowedBefore(open: OpenInteraction, userId: string): Promise<AccessRequest> {
      const { client } = open;
      // A first-party client never needs consent.
      if (client.firstParty) return noAccess;
      return (await consent.allowedTo(client, userId, await accessAsked(open))) ?? noAccess;
    },
    account,
    /**
     * @throws SessionNotFound if it is finished, expired, or belongs to another browser
     * @param uid from the URL; it must match the interaction of the cookie
     */
    async open(req: IncomingMessage, res: ServerResponse, uid: string): Promise<OpenInteraction> {
      const engine = await provider.interactionDetails(req, res);
      const client = await clients.find(String(engine.params['client_id']));
      if (engine.uid !== uid || !client) throw new errors.SessionNotFound('no such interaction');
      const signedIn = engine.result?.login?.accountId;
      const sessionAccountId = engine.session?.accountId;
      return {
        uid,
        client,
        params: engine.params,
        prompt: engine.prompt,
        accountId: signedIn ?? sessionAccountId,
        sessionAccountId,
        needsSignIn: engine.prompt.name === 'login' && signedIn === undefined,
        engine,
      };
    },
    /**
     * The sign-in of this interaction, or `undefined` if there was none or the user is no longer
     * active.
     */
    async signInOf(open: OpenInteraction): Promise<CompleteSignIn | undefined> {
      const { acr, amr = [], ts } = open.engine.result?.login ?? {};
      if (acr === undefined || ts === undefined) return undefined;
      const user = await account(open);
      return user && continueSignIn(user, { acr, amr, at: new Date(ts * 1000) });
    },
    /** Detaches the interaction from the browser's previous session, which has ended. */
    leaveSession({ engine }: OpenInteraction): void {
      delete engine.session;
    },
    /** True if the interaction has a result from which oidc-provider can continue. */
    isSettled: ({ engine }: OpenInteraction): boolean =>
      engine.result?.consent !== undefined || engine.result?.error !== undefined,
    /**
     * The client's parameters for a sign-in at an identity provider. The cookie is not checked: the
     * caller has verified that the form came from a page of this interaction.
     */
    async wishes(uid: string): Promise<SignInWishes> {
      const engine = await provider.Interaction.find(uid);
      if (!engine) return {};
      const { login_hint: loginHint, prompt } = engine.params;
      const asksAnew = textsOf(prompt).join(' ').split(' ').includes('login');
      const maxAge = asksAnew ? 0 : Number(engine.params['max_age'] ?? Number.NaN);
      return {
        ...(Number.isInteger(maxAge) && maxAge >= 0 ? { maxAgeSeconds: maxAge } : {}),
        ...(typeof loginHint === 'string' && checkEmail(loginHint).ok ? { loginHint } : {}),
      };
    },
    /** Records a sign-in. The interaction continues with consent if it is needed. */
    async signedIn(
      open: OpenInteraction,
      { user, acr, amr, at }: CompleteSignIn,
      alongside: () => Promise<void> = nothing,
    ): Promise<NextStep> {
      const login = {
        accountId: user.id,
        acr,
        amr: [...amr],
        ts: seconds(at),
        securityVersion: user.securityVersion,
      };
      const asksAnyway = textsOf(open.params['prompt']).join(' ').split(' ').includes('consent');
      const asked = await accessAsked(open);
      // Consent given by the previously signed-in user does not apply to this user.
      const { consent: _, ...before } = resultsOf(open);
      if (!asksAnyway && !(await consent.mustAsk(open.client, user.id, asked))) {
        return finish(open, { ...before, login, consent: {} }, alongside);
      }
      await save(open.engine, { ...before, login }, alongside);
      return { step: 'consent' };
    },
    /**
     * Records that the user allowed the requested access.
     * @param user as returned by `account`
     * @throws SessionNotFound if the user was blocked or signed out everywhere in the meantime
     */
    async allowed(open: OpenInteraction, user: User): Promise<NextStep> {
      if (!(await consent.allow(await decisionOf(open, user.id), user))) {
        throw new errors.SessionNotFound('the session or sign-in of the user was revoked');
      }
      return finish(open, { ...resultsOf(open), consent: {} });
    },
    /** The user refused or cancelled. */
    async denied(open: OpenInteraction): Promise<NextStep> {
      const { accountId, needsSignIn } = open;
      const wasAsked = accountId !== undefined && !needsSignIn;
      if (wasAsked) await consent.refuse(await decisionOf(open, accountId));
      return finish(open, {
        error: 'access_denied',
        error_description: 'End-User aborted interaction',
      });
    },
  };
}

export type Interactions = ReturnType<typeof createInteractions>;

async function nothing(): Promise<void> {}

/** The user's existing session, or `undefined` if the user signs in only now. */
function sessionOf({ sessionAccountId, engine }: OpenInteraction, userId: string) {
  return sessionAccountId === userId ? engine.session?.uid : undefined;
}

/** A parameter that may be absent, single or repeated. */
function textsOf(parameter: unknown): readonly string[] {
  const values: unknown[] = Array.isArray(parameter) ? parameter : [parameter];
  return values.filter((value) => typeof value === 'string');
}
