// A sign-in in progress, as the pages work with it: opens it from the browser's cookie, keeps what
// was proved so far, and hands the result to the engine. One interaction answers both questions,
// who it is and what the app may have, where both are open.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import { continueSignIn, type CompleteSignIn } from '#core/sessions/authentication.ts';
import { checkEmail } from '#core/users/email-addresses.ts';
import type { Client } from '#core/clients/clients.ts';
import { noAccess, readAccessRequest, type AccessRequest } from '#core/consents/consents.ts';
import type { User } from '#core/users/users.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ConsentDecision, ConsentService } from '#core/consents/consents.service.ts';
import type { StandingService } from '#core/subject-status/subject-status.service.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { readInteractionTrace, type InteractionTrace } from '#oidc/adapters/interaction-adapter.ts';
import { seconds } from '#oidc/adapters/session-adapter.ts';
import { versionIn } from './security-version.ts';

type EngineInteraction = Awaited<ReturnType<Provider['interactionDetails']>>;

export interface OpenInteraction {
  readonly uid: string;
  readonly client: Client;
  readonly params: Readonly<Record<string, unknown>>;
  readonly prompt: { readonly name: string; readonly reasons: readonly string[] };
  /** Who signed in during this interaction or is signed in in this browser. */
  readonly accountId: string | undefined;
  /** Who the browser was signed in as before. */
  readonly sessionAccountId: string | undefined;
  /** True while the engine waits for a fresh proof of who it is. */
  readonly needsSignIn: boolean;
  readonly engine: EngineInteraction;
}

/** Where the browser goes next. */
export type NextStep =
  | { readonly step: 'consent' }
  | { readonly step: 'done'; readonly returnTo: string };

/** As in the request (OIDC Core 3.1.2.1); a fresh sign-in is one of no age. */
export interface SignInWishes {
  readonly maxAgeSeconds?: number;
  readonly loginHint?: string;
}

export interface InteractionDependencies {
  readonly provider: Provider;
  readonly clients: Clients;
  readonly consent: ConsentService;
  readonly standing: StandingService;
  readonly isPersonScope: (scope: string) => boolean;
  readonly store: ShortLivedStore;
  readonly now: () => Date;
}

export function createInteractions(dependencies: InteractionDependencies) {
  const { provider, clients, consent, standing, isPersonScope, store, now } = dependencies;

  /** `beside` writes to the same store: begun in the same moment, both share a round trip. */
  async function save(
    engine: EngineInteraction,
    result: InteractionResults,
    beside: () => Promise<void> = nothing,
  ): Promise<void> {
    engine.result = result;
    await Promise.all([engine.save(Math.max(1, engine.exp - seconds(now()))), beside()]);
  }

  async function finish(
    { engine }: OpenInteraction,
    result: InteractionResults,
    beside?: () => Promise<void>,
  ): Promise<NextStep> {
    await save(engine, result, beside);
    return { step: 'done', returnTo: engine.returnTo };
  }

  /** What this interaction and those before it in the same request have settled. */
  function settled({ engine }: OpenInteraction): InteractionResults {
    return { ...engine.lastSubmission, ...engine.result };
  }

  async function accessAsked({ client, params }: OpenInteraction): Promise<AccessRequest> {
    const scopes = textsOf(params['resource']).map(async (audience) => {
      const resource = await clients.findResource(audience);
      return [audience, resource ? clients.scopesFor(client, resource) : []] as const;
    });
    const ofApis = Object.fromEntries(await Promise.all(scopes));
    return readAccessRequest(params, ofApis, isPersonScope);
  }

  async function decisionOf(open: OpenInteraction, userId: string): Promise<ConsentDecision> {
    const { client } = open;
    const sessionUid = sessionOf(open, userId);
    return { clientId: client.clientId, userId, sessionUid, access: await accessAsked(open) };
  }

  /** `undefined` also when what the user was signed in to has been ended meanwhile. */
  async function account(open: OpenInteraction): Promise<User | undefined> {
    const { accountId, engine } = open;
    if (accountId === undefined) return undefined;
    const login = engine.result?.login;
    const sessionUid = login ? undefined : sessionOf(open, accountId);
    const facts = await standing.load({ userId: accountId, grantId: undefined, sessionUid });
    const { user, session } = facts;
    if (sessionUid !== undefined && session?.userId !== accountId) return undefined;
    if (login && versionIn(login) !== user?.securityVersion) return undefined;
    // The version has shown that a sign-in of this interaction still counts.
    const since = login ? now() : (session?.signedInAt ?? new Date(engine.iat * 1000));
    return user && standing.mayAct(facts, null, since) ? user : undefined;
  }

  return {
    accessAsked,
    /** The part of the request that the user allowed this client before. */
    async accessAllowedBefore(open: OpenInteraction, userId: string): Promise<AccessRequest> {
      const { client } = open;
      // Nothing was ever asked about a first-party client.
      if (client.firstParty) return noAccess;
      return (await consent.allowedTo(client, userId, await accessAsked(open))) ?? noAccess;
    },
    account,
    /**
     * @throws SessionNotFound when it is over, expired, or belongs to another browser
     * @param uid the one in the address; the cookie decides
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
    /** What is left of one that can not be opened any more. */
    async trace(uid: string): Promise<InteractionTrace | undefined> {
      return readInteractionTrace(store, uid);
    },
    /** Who signed in during this interaction, and how; `undefined`: nobody did, or may not act any more. */
    async signInOf(open: OpenInteraction): Promise<CompleteSignIn | undefined> {
      const { acr, amr = [], ts } = open.engine.result?.login ?? {};
      if (acr === undefined || ts === undefined) return undefined;
      const user = await account(open);
      return user && continueSignIn(user, { acr, amr, at: new Date(ts * 1000) });
    },
    /** Unties it from the session that the browser had: that one is over. */
    leaveSession({ engine }: OpenInteraction): void {
      delete engine.session;
    },
    /** True: its answer is there, and the engine goes on from it. */
    isSettled: ({ engine }: OpenInteraction): boolean =>
      engine.result?.consent !== undefined || engine.result?.error !== undefined,
    /**
     * What the app wants of a sign-in elsewhere. The browser's cookie is not asked: whoever calls has
     * seen that the form is from a page of this very interaction.
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
    /** The person proved who they are; consent follows here when it is needed. */
    async signedIn(
      open: OpenInteraction,
      { user, acr, amr, at }: CompleteSignIn,
      beside: () => Promise<void> = nothing,
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
      // A yes given by whoever was signed in before is none of this person's.
      const { consent: _, ...before } = settled(open);
      if (!asksAnyway && !(await consent.mustAsk(open.client, user.id, asked))) {
        return finish(open, { ...before, login, consent: {} }, beside);
      }
      await save(open.engine, { ...before, login }, beside);
      return { step: 'consent' };
    },
    /**
     * The user allowed what the client asked for.
     * @param user as `account` gave it
     * @throws SessionNotFound when the user was signed out everywhere, blocked, ... meanwhile
     */
    async allowed(open: OpenInteraction, user: User): Promise<NextStep> {
      if (!(await consent.allow(await decisionOf(open, user.id), user))) {
        throw new errors.SessionNotFound('what the user was signed in to was ended');
      }
      return finish(open, { ...settled(open), consent: {} });
    },
    /** The person said no, or turned back. */
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

/** The session that the user brought along; `undefined`: the user signs in only now. */
function sessionOf({ sessionAccountId, engine }: OpenInteraction, userId: string) {
  return sessionAccountId === userId ? engine.session?.uid : undefined;
}

/** A parameter that came once, several times, or not at all. */
function textsOf(parameter: unknown): readonly string[] {
  const values: unknown[] = Array.isArray(parameter) ? parameter : [parameter];
  return values.filter((value) => typeof value === 'string');
}
